package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Decoded.Rejected;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a CloudEvent (1.0) that carry meaning here: {@code source} and {@code id} are
 * its identity, {@code time} is when it happened unless its data says so, and {@code subject} is
 * the user, as OpenMeter has it. The extension {@code partitionkey} means nothing here: a record's
 * key follows {@link EventKey}.
 *
 * @param eventId {@code source} and {@code id}, parted by a space, which no source contains
 * @param time {@code time}, or null where there is none
 * @param subject {@code subject}, or null where there is none
 */
record CloudEvent(String eventId, @Nullable Instant time, @Nullable String subject) {

    static final String SPECVERSION = "specversion";
    static final String TIME = "time";

    private static final String CONTENT_TYPE = "content-type";
    private static final String STRUCTURED = "application/cloudevents";
    private static final String STRUCTURED_JSON = "application/cloudevents+json";

    /** The prefix of attributes in the headers of a Kafka record. */
    private static final String HEADER_PREFIX = "ce_";

    /** Where the attributes are read from: headers, or the members of an envelope. */
    @FunctionalInterface
    interface Attributes {
        @Nullable String get(String name) throws RejectedException;
    }

    /** How a record carries its event. */
    enum Mode {
        /** The value is the event; there may be an envelope around it all the same. */
        BARE,
        /** The value is the event, the attributes are headers. */
        BINARY,
        /** The value is an envelope around the event. */
        STRUCTURED
    }

    /** The mode that the headers tell. */
    static Mode mode(HeaderLookup headers) throws RejectedException {
        var type = contentType(headers);
        if (type != null && type.startsWith(STRUCTURED)) {
            if (!type.equals(STRUCTURED_JSON)) {
                throw wrongContent(type, STRUCTURED_JSON);
            }
            return Mode.STRUCTURED;
        }
        if (headers.get(HEADER_PREFIX + SPECVERSION) == null) {
            return Mode.BARE;
        }
        if (type != null && !type.endsWith("/json") && !type.endsWith("+json")) {
            throw wrongContent(type, "application/json");
        }
        return Mode.BINARY;
    }

    /** The attributes in the headers of a record. */
    static CloudEvent ofHeaders(HeaderLookup headers) throws RejectedException {
        return of(name -> header(headers, HEADER_PREFIX + name));
    }

    static CloudEvent of(Attributes attributes) throws RejectedException {
        var version = required(attributes, SPECVERSION);
        if (!version.equals("1.0")) {
            throw new RejectedException(
                    RejectReason.OUT_OF_RANGE,
                    "CloudEvent specversion is %s, expected 1.0".formatted(Excerpt.of(version)));
        }
        var id = required(attributes, "id");
        var source = required(attributes, "source");
        required(attributes, "type");
        if (source.chars().anyMatch(Character::isWhitespace)) {
            throw new RejectedException(
                    RejectReason.OUT_OF_RANGE,
                    "CloudEvent source is %s, expected a URI reference"
                            .formatted(Excerpt.of(source)));
        }
        return new CloudEvent(source + " " + id, time(attributes), attributes.get("subject"));
    }

    /** Fills in what the event's own data leaves out. */
    void complete(EventTopic topic, Event.Builder event) throws RejectedException {
        if (!event.has(topic.eventId())) {
            reject(Validation.checkText(topic.eventId(), "CloudEvent source and id", eventId));
            event.set(topic.eventId(), eventId);
        }
        if (time != null && !event.has(topic.ts())) {
            reject(Validation.checkTime(topic.ts(), "CloudEvent time", time));
            event.set(topic.ts(), time);
        }
        if (topic == EventTopic.TOKEN_USAGE && isUser(subject) && !event.has(TokenUsage.USER)) {
            event.set(TokenUsage.USER, subject);
        }
    }

    /** A subject that is no user's name is none: it was not meant for us. */
    private static boolean isUser(@Nullable String subject) {
        return subject != null
                && Validation.checkText(TokenUsage.USER, "CloudEvent subject", subject) == null;
    }

    private static @Nullable Instant time(Attributes attributes) throws RejectedException {
        var text = attributes.get(TIME);
        if (text == null) {
            return null;
        }
        var time = EventTime.parse(text);
        time = time == null ? JsonValue.epoch(text) : time;
        if (time == null) {
            throw new RejectedException(
                    RejectReason.WRONG_TYPE,
                    "CloudEvent time is %s, expected %s"
                            .formatted(Excerpt.of(text), EventTime.EXPECTED));
        }
        return time;
    }

    private static String required(Attributes attributes, String name) throws RejectedException {
        var value = attributes.get(name);
        if (value == null || value.isEmpty()) {
            throw new RejectedException(
                    RejectReason.MISSING_FIELD,
                    "CloudEvent %s is missing, it is required".formatted(name));
        }
        return value;
    }

    /** The media type without its parameters, in lower case, or null where none is told. */
    private static @Nullable String contentType(HeaderLookup headers) throws RejectedException {
        var type = header(headers, CONTENT_TYPE);
        if (type == null) {
            return null;
        }
        int parameters = type.indexOf(';');
        return (parameters < 0 ? type : type.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    private static @Nullable String header(HeaderLookup headers, String name)
            throws RejectedException {
        var bytes = headers.get(name);
        if (bytes == null) {
            return null;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new RejectedException(
                    RejectReason.WRONG_TYPE, "header " + name + " is not UTF-8, expected text");
        }
    }

    private static RejectedException wrongContent(String type, String expected) {
        return new RejectedException(
                RejectReason.WRONG_TYPE,
                "content-type is %s, expected %s".formatted(Excerpt.of(type), expected));
    }

    private static void reject(@Nullable Rejected rejected) throws RejectedException {
        if (rejected != null) {
            throw new RejectedException(rejected);
        }
    }
}
