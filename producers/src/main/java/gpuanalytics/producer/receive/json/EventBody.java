package gpuanalytics.producer.receive.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.HeaderLookup;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events in a body of JSON: one, an array, lines, and CloudEvents in each of their modes. What
 * kind an event is its content tells, or the type of its CloudEvent. The answer of a provider that
 * tells no time has that of its arrival.
 */
public final class EventBody {

    public static final String JSON = "application/json";

    /** Media types of one event per line. */
    public static final List<String> LINES =
            List.of("application/x-ndjson", "application/ndjson", "application/jsonl");

    public static final String CLOUD_EVENT = "application/cloudevents+json";
    public static final String CLOUD_EVENTS = "application/cloudevents-batch+json";

    /** Of a header of HTTP that is an attribute; records of Kafka have an underscore. */
    private static final String ATTRIBUTE = "ce-";

    private final EventCodec codec;
    private final int mostItems;
    private final Clock clock;

    /**
     * Reads with these limits.
     *
     * @param mostItems the most events in a body
     */
    public EventBody(EventCodec codec, int mostItems, Clock clock) {
        this.codec = codec;
        this.mostItems = mostItems;
        this.clock = clock;
    }

    /**
     * Reads a body.
     *
     * @param contentType its media type without parameters
     * @param headers of its request, by name in lower case
     * @throws BadRequestException where items cannot be told apart, or there are too many
     */
    public List<Told> read(String contentType, Map<String, String> headers, byte[] body)
            throws BadRequestException {
        if (headers.containsKey(ATTRIBUTE + "specversion")) {
            return List.of(readBinary(headers, body));
        }
        var parts =
                LINES.contains(contentType)
                        ? JsonItems.ofLines(body, mostItems)
                        : JsonItems.of(body, mostItems);
        if (parts.isEmpty()) {
            throw new BadRequestException("body is empty, expected one or more events as JSON");
        }
        boolean isEnvelope = contentType.equals(CLOUD_EVENT) || contentType.equals(CLOUD_EVENTS);
        var lookup = isEnvelope ? ofType(CLOUD_EVENT) : HeaderLookup.NONE;
        var items = new ArrayList<Told>(parts.size());
        for (var part : parts) {
            items.add(told(part, lookup, isEnvelope ? CLOUD_EVENT : JSON, null));
        }
        return items;
    }

    private Told readBinary(Map<String, String> headers, byte[] body) {
        HeaderLookup attributes =
                name -> {
                    var value =
                            name.startsWith("ce_")
                                    ? headers.get(ATTRIBUTE + name.substring(3))
                                    : null;
                    return value == null ? null : Percent.decoded(value);
                };
        return told(body, attributes, JSON, headers.get(ATTRIBUTE + "type"));
    }

    private static HeaderLookup ofType(String mediaType) {
        return name -> name.equals("content-type") ? mediaType.getBytes(UTF_8) : null;
    }

    /**
     * An event by what it can be: nothing is both. What can be neither is refused as what it looks
     * most like.
     *
     * @param type of its CloudEvent, where the headers tell
     */
    private Told told(
            byte[] bytes, HeaderLookup headers, String contentType, @Nullable String type) {
        var shape = Shape.of(bytes);
        var named = topicOf(type != null ? type : shape.type());
        var first = named != null ? named : shape.likely();
        var decoded = decode(first, bytes, headers);
        if (decoded instanceof Decoded.Rejected && named == null) {
            var second = other(first);
            if (decode(second, bytes, headers) instanceof Decoded.Valid valid) {
                return Told.of(valid, second, contentType, bytes);
            }
        }
        return Told.of(decoded, first, contentType, bytes);
    }

    private Decoded decode(EventTopic topic, byte[] bytes, HeaderLookup headers) {
        return codec.decodeArrived(topic, bytes, headers, clock.instant());
    }

    private static EventTopic other(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> EventTopic.TOKEN_USAGE;
            case TOKEN_USAGE -> EventTopic.GPU_METRICS;
        };
    }

    /** The topic that a CloudEvent's type names; null where it names none. */
    private static @Nullable EventTopic topicOf(@Nullable String type) {
        if (type == null) {
            return null;
        }
        var said = type.toLowerCase(Locale.ROOT);
        for (var topic : EventTopic.values()) {
            if (said.equals(topic.defaultName()) || said.endsWith("." + topic.defaultName())) {
                return topic;
            }
        }
        return null;
    }
}
