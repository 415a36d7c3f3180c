package gpuanalytics.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Decoded.Valid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
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
        return encode(event, List.of());
    }

    /**
     * The same with the readings that it lacks, for whoever keeps the event: as they were said, in
     * {@code refused}.
     */
    public static byte[] encode(Event event, List<Refusal> refused) {
        var out = new ByteArrayOutputStream(256);
        try (var json = Json.WRITING.createGenerator(out)) {
            json.writeStartObject();
            var names = FieldNames.of(event.topic());
            for (int i = 0; i < names.length; i++) {
                write(json, names[i], event.valueAt(i));
            }
            writeTotal(json, event);
            PassedOn.write(json, refused);
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
        return decode(topic, value, headers, written, null);
    }

    /**
     * The same of what somebody tells just now: the answer of a provider as it came has the time of
     * its arrival where it tells none. An event without a time is refused here too.
     */
    public Decoded decodeArrived(
            EventTopic topic, byte[] value, HeaderLookup headers, Instant arrived) {
        return decode(topic, value, headers, arrived, arrived);
    }

    private Decoded decode(
            EventTopic topic,
            byte @Nullable [] value,
            HeaderLookup headers,
            Instant written,
            @Nullable Instant arrived) {
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
            var read = read(topic, Framing.textOf(value), headers, arrived);
            return inTime(read.event(topic), read.refused(topic), written);
        } catch (RejectedException e) {
            return e.rejected();
        } catch (StreamConstraintsException ignored) {
            return new Rejected(
                    RejectReason.TOO_LARGE,
                    "record has more than %d levels of JSON, expected at most %d"
                            .formatted(MAX_NESTING, MAX_NESTING));
        } catch (JsonProcessingException e) {
            return Json.notJson(
                    "%s (character %d)"
                            .formatted(
                                    Excerpt.of(e.getOriginalMessage(), 200),
                                    e.getLocation() == null ? 0 : e.getLocation().getCharOffset()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /**
     * What the event is that is said so: the same as if it came as JSON, which is written only
     * where something of it takes a closer look.
     */
    public Decoded decode(Said said, Instant written) {
        var plain = said.plain(limits.maxBytes());
        try {
            return plain == null
                    ? decode(said.topic(), encode(said), written)
                    : inTime(plain, List.of(), written);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    private static byte[] encode(Said said) throws IOException {
        var out = new ByteArrayOutputStream(256);
        try (var json = Json.WRITING.createGenerator(out)) {
            json.writeStartObject();
            var names = FieldNames.of(said.topic());
            for (int i = 0; i < names.length; i++) {
                write(json, names[i], said.valueAt(i));
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static ReadEvent read(
            EventTopic topic, char[] text, HeaderLookup headers, @Nullable Instant arrived)
            throws IOException {
        return switch (CloudEvent.mode(headers)) {
            case BINARY -> {
                var attributes = CloudEvent.ofHeaders(headers);
                var event = ReadEvent.of(topic, Shapes.payload(Json.object(text)));
                attributes.complete(topic, event.values());
                yield event;
            }
            case STRUCTURED -> readEnvelope(topic, Json.object(text));
            case BARE -> {
                var record = Shapes.payload(Json.object(text));
                // Whether a record whose headers do not tell is an envelope: only those have it.
                yield record.byName().containsKey(CloudEvent.SPECVERSION)
                        ? readEnvelope(topic, record)
                        : readBare(topic, record, arrived);
            }
        };
    }

    private static ReadEvent readBare(
            EventTopic topic, Json.Members record, @Nullable Instant arrived)
            throws RejectedException {
        var event = ReadEvent.of(topic, record);
        if (arrived != null && topic == EventTopic.TOKEN_USAGE) {
            Answers.complete(record, event.values(), arrived);
        }
        return event;
    }

    private static ReadEvent readEnvelope(EventTopic topic, Json.Members envelope)
            throws IOException {
        Map<String, String> attributes = new HashMap<>();
        ReadEvent event = null;
        for (var member : envelope.byName().entrySet()) {
            var name = member.getKey();
            if (name.equals(DATA) && member.getValue() instanceof Json.Members data) {
                event = ReadEvent.of(topic, data);
            } else if (member.getValue() instanceof Json.Numeric(var written)
                    && (!name.equals(CloudEvent.TIME) || JsonValue.epoch(written) != null)) {
                attributes.put(name, written);
            } else if (member.getValue() instanceof Json.Text(var text)) {
                if (name.equals(DATA_BASE64)) {
                    var data = Json.object(Framing.textOf(fromBase64(text)));
                    event = ReadEvent.of(topic, data);
                } else {
                    attributes.put(name, text);
                }
            }
        }
        var attributesOfEvent = CloudEvent.of(attributes::get);
        if (event == null) {
            throw new RejectedException(
                    RejectReason.MISSING_FIELD,
                    "CloudEvent data is missing or not an object, it must be the event");
        }
        attributesOfEvent.complete(topic, event.values());
        return event;
    }

    private Decoded inTime(Event event, List<Refusal> refused, Instant written) {
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
        return new Valid(event, refused);
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

    /** Says that reasoning is part of the completion, where the provider would not count so. */
    private static void writeTotal(JsonGenerator json, Event event) throws IOException {
        if (event.topic() != EventTopic.TOKEN_USAGE
                || event.get(TokenUsage.REASONING_TOKENS) == null) {
            return;
        }
        var provider = event.get(TokenUsage.PROVIDER);
        if (provider != null && UsageRules.countsReasoningBeside(provider)) {
            var prompt = event.get(TokenUsage.PROMPT_TOKENS);
            var completion = event.get(TokenUsage.COMPLETION_TOKENS);
            json.writeNumberField(
                    UsageRules.TOTAL,
                    (prompt == null ? 0 : prompt) + (completion == null ? 0 : completion));
        }
    }

    private static void write(JsonGenerator json, SerializableString name, @Nullable Object value)
            throws IOException {
        if (value == null) {
            return;
        }
        json.writeFieldName(name);
        switch (value) {
            case String text -> json.writeString(text);
            case Instant time -> json.writeString(EventTime.text(time));
            case Long number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case BigDecimal number -> json.writeNumber(number.toPlainString());
            case Boolean flag -> json.writeBoolean(flag);
            default -> throw new IllegalStateException(name + " holds " + value);
        }
    }
}
