package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Decoded.Valid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events to JSON bytes and back. A record that is not a valid event is a {@link Rejected}, never an
 * exception.
 *
 * <p>Thread-safe.
 */
public final class EventCodec {

    /** Deeper nesting is rejected; a CloudEvent needs two levels. */
    public static final int MAX_NESTING = 8;

    private static final String DATA = "data";
    private static final String DATA_BASE64 = "data_base64";

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // A producer in Python writes NaN for a reading it does not have.
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    // Names come from strangers: kept names would be a leak, and colliding ones an
                    // exception.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_NESTING)
                                    // The record's size limits these; JsonValue limits numbers.
                                    .maxNumberLength(Integer.MAX_VALUE)
                                    .maxNameLength(Integer.MAX_VALUE)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final EventLimits limits;

    public EventCodec(EventLimits limits) {
        this.limits = limits;
    }

    /** The limits that events must keep to. */
    public EventLimits limits() {
        return limits;
    }

    /** The event as one JSON object, absent fields left out, UTF-8. */
    public static byte[] encode(Event event) {
        var out = new ByteArrayOutputStream(256);
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            for (var field : event.topic().fields().fields()) {
                write(json, field, event.get(field));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** What the value of a record of this topic without headers is. */
    public Decoded decode(EventTopic topic, byte @Nullable [] value, Instant written) {
        return decode(topic, value, HeaderLookup.NONE, written);
    }

    /**
     * What the value of a record of this topic is: a bare event, or a CloudEvent with its
     * attributes in the headers or in an envelope.
     *
     * @param value the record's value; null for a tombstone, which is rejected
     * @param written when the event was written down, see {@link EventLimits}
     */
    public Decoded decode(
            EventTopic topic, byte @Nullable [] value, HeaderLookup headers, Instant written) {
        if (value == null) {
            return new Rejected(RejectReason.NOT_JSON, "record has no value");
        }
        if (value.length > limits.maxBytes()) {
            return new Rejected(
                    RejectReason.TOO_LARGE,
                    "record is %d bytes, expected at most %d"
                            .formatted(value.length, limits.maxBytes()));
        }
        try {
            var event = read(topic, textOf(value), headers);
            var rejection = Validation.checkWhole(topic, event);
            return rejection != null ? rejection : inTime(event.unchecked(), written);
        } catch (RejectedException e) {
            return e.rejected();
        } catch (StreamConstraintsException ignored) {
            return new Rejected(
                    RejectReason.TOO_LARGE,
                    "record has more than %d levels of JSON, expected at most %d"
                            .formatted(MAX_NESTING, MAX_NESTING));
        } catch (JsonProcessingException e) {
            return notJson(
                    "%s (character %d)"
                            .formatted(
                                    Excerpt.of(e.getOriginalMessage(), 200),
                                    e.getLocation() == null ? 0 : e.getLocation().getCharOffset()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static Event.Builder read(EventTopic topic, char[] text, HeaderLookup headers)
            throws IOException {
        return switch (CloudEvent.mode(headers)) {
            case BINARY -> {
                var attributes = CloudEvent.ofHeaders(headers);
                var event = readBare(topic, text);
                attributes.complete(topic, event);
                yield event;
            }
            case STRUCTURED -> readEnvelope(topic, text);
            case BARE -> isEnvelope(text) ? readEnvelope(topic, text) : readBare(topic, text);
        };
    }

    private static Event.Builder readBare(EventTopic topic, char[] text) throws IOException {
        try (var json = JSON.createParser(text)) {
            startObject(json);
            var event = readFields(topic, json);
            requireEnd(json);
            return event;
        }
    }

    /** The fields of the object that the parser has entered. */
    private static Event.Builder readFields(EventTopic topic, JsonParser json) throws IOException {
        var event = Event.builder(topic);
        var ranks = new byte[topic.fields().fields().size()];
        Arrays.fill(ranks, Byte.MAX_VALUE);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var named = topic.fields().find(json.currentName());
            json.nextToken();
            if (named == null) {
                json.skipChildren();
                continue;
            }
            var value = JsonValue.read(named, json);
            int index = named.field().index();
            // The contract's own name wins over another system's, whatever their order.
            if (value != null && named.rank() < ranks[index]) {
                ranks[index] = (byte) named.rank();
                event.setUnchecked(named.field(), value);
            }
        }
        return event;
    }

    /** Whether a record whose headers do not tell is an envelope: only those have this member. */
    private static boolean isEnvelope(char[] text) throws IOException {
        if (!contains(text, '"' + CloudEvent.SPECVERSION + '"')) {
            return false;
        }
        try (var json = JSON.createParser(text)) {
            startObject(json);
            while (json.nextToken() != JsonToken.END_OBJECT) {
                if (CloudEvent.SPECVERSION.equals(json.currentName())) {
                    return true;
                }
                json.nextToken();
                json.skipChildren();
            }
            return false;
        }
    }

    private static Event.Builder readEnvelope(EventTopic topic, char[] text) throws IOException {
        Map<String, String> attributes = new HashMap<>();
        Event.@Nullable Builder event = null;
        try (var json = JSON.createParser(text)) {
            startObject(json);
            while (json.nextToken() != JsonToken.END_OBJECT) {
                var name = json.currentName();
                var token = json.nextToken();
                if (name.equals(DATA) && token == JsonToken.START_OBJECT) {
                    event = readFields(topic, json);
                } else if (name.equals(DATA_BASE64) && token == JsonToken.VALUE_STRING) {
                    event = readBare(topic, textOf(fromBase64(json.getText())));
                } else if (token == JsonToken.VALUE_STRING) {
                    attributes.put(name, json.getText());
                } else {
                    json.skipChildren();
                }
            }
            requireEnd(json);
        }
        var attributesOfEvent = CloudEvent.of(attributes::get);
        if (event == null) {
            throw new RejectedException(
                    RejectReason.MISSING_FIELD,
                    "CloudEvent data is missing or not an object, it must be the event");
        }
        attributesOfEvent.complete(topic, event);
        return event;
    }

    private Decoded inTime(Event event, Instant written) {
        var newest = limits.newest(written);
        if (event.ts().isAfter(newest)) {
            return new Rejected(
                    RejectReason.FROM_THE_FUTURE,
                    "ts is %s, expected at most %s".formatted(event.ts(), newest));
        }
        var oldest = limits.oldest(written);
        if (event.ts().isBefore(oldest)) {
            return new Rejected(
                    RejectReason.TOO_OLD,
                    "ts is %s, expected at least %s".formatted(event.ts(), oldest));
        }
        return new Valid(event);
    }

    private static void startObject(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new RejectedException(notJson("expected an object"));
        }
    }

    private static void requireEnd(JsonParser json) throws IOException {
        if (json.nextToken() != null) {
            throw new RejectedException(notJson("it goes on after its object"));
        }
    }

    /** The characters; Jackson's own reading of bytes lets other encodings and bad UTF-8 pass. */
    private static char[] textOf(byte[] value) throws RejectedException {
        var text = CharBuffer.allocate(value.length);
        var bytes = ByteBuffer.wrap(value);
        var decoder = UTF_8.newDecoder();
        if (decoder.decode(bytes, text, true).isError()) {
            throw new RejectedException(
                    notJson("byte %d is not UTF-8".formatted(bytes.position())));
        }
        return Arrays.copyOf(text.array(), text.position());
    }

    private static byte[] fromBase64(String text) throws RejectedException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new RejectedException(
                    RejectReason.WRONG_TYPE,
                    "CloudEvent data_base64 is %s, expected Base64".formatted(Excerpt.of(text)));
        }
    }

    private static boolean contains(char[] text, String part) {
        return new String(text).contains(part);
    }

    private static Rejected notJson(String defect) {
        return new Rejected(RejectReason.NOT_JSON, "record is not a JSON object: " + defect);
    }

    private static void write(JsonGenerator json, Field<?> field, @Nullable Object value)
            throws IOException {
        switch (value) {
            case null -> {}
            case String text -> json.writeStringField(field.name(), text);
            case Instant time -> json.writeStringField(field.name(), time.toString());
            case Long number -> json.writeNumberField(field.name(), number);
            case Double number -> json.writeNumberField(field.name(), number);
            case Boolean flag -> json.writeBooleanField(field.name(), flag);
            default -> throw new IllegalStateException(field.name() + " holds " + value);
        }
    }
}
