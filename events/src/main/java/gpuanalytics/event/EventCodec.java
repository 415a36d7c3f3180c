package gpuanalytics.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Decoded.Valid;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * Events to JSON bytes and back. A record that is not a valid event is a {@link Rejected}, never an
 * exception.
 */
public final class EventCodec {

    /** Deeper nesting is refused; a CloudEvent needs two levels. */
    public static final int MAX_NESTING = 8;

    /** DCGM's int64 values from here on mean "no reading" (dcgm_structs.h, DCGM_INT64_BLANK). */
    static final long DCGM_BLANK = 0x7ffffffffffffff0L;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // A producer in Python writes NaN for a reading it does not have.
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_NESTING)
                                    .maxNumberLength(64)
                                    .build())
                    .build();

    private final EventLimits limits;

    public EventCodec(EventLimits limits) {
        this.limits = limits;
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

    /** What the bytes of a record of this topic are. */
    public Decoded decode(EventTopic topic, byte[] value) {
        if (value.length > limits.maxBytes()) {
            return new Rejected(
                    RejectReason.TOO_LARGE,
                    "record is %d bytes, expected at most %d"
                            .formatted(value.length, limits.maxBytes()));
        }
        try (var json = JSON.createParser(value)) {
            return decode(topic, json);
        } catch (Refused e) {
            return e.rejected;
        } catch (JsonProcessingException e) {
            return new Rejected(
                    RejectReason.NOT_JSON, "record is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            return new Rejected(RejectReason.NOT_JSON, "record is not JSON: " + e.getMessage());
        }
    }

    private Decoded decode(EventTopic topic, JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return new Rejected(RejectReason.NOT_JSON, "record is not a JSON object");
        }
        var event = Event.builder(topic);
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var named = topic.fields().find(json.currentName());
            json.nextToken();
            if (named == null) {
                json.skipChildren();
                continue;
            }
            var value = read(named, json);
            // The contract's own name wins over another system's.
            if (value != null && !(named.alias() && event.has(named.field()))) {
                event.setUnchecked(named.field(), value);
            }
        }
        if (json.nextToken() != null) {
            return new Rejected(RejectReason.NOT_JSON, "record goes on after its JSON object");
        }
        var refusal = Validation.check(topic, event);
        return refusal != null ? refusal : inTime(event.unchecked());
    }

    private Decoded inTime(Event event) {
        if (event.ts().isAfter(limits.newest())) {
            return new Rejected(
                    RejectReason.FROM_THE_FUTURE,
                    "ts is %s, expected at most %s".formatted(event.ts(), limits.newest()));
        }
        if (event.ts().isBefore(limits.oldest())) {
            return new Rejected(
                    RejectReason.TOO_OLD,
                    "ts is %s, expected at least %s".formatted(event.ts(), limits.oldest()));
        }
        return new Valid(event);
    }

    private static @Nullable Object read(FieldTable.Named named, JsonParser json)
            throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        return switch (named.field().kind()) {
            case TEXT -> readText(named, json);
            case TIME -> readTime(named, json);
            case INTEGER -> readInteger(named, json);
            case NUMBER -> readNumber(named, json);
            case FLAG -> readFlag(named, json);
        };
    }

    private static @Nullable String readText(FieldTable.Named named, JsonParser json)
            throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrongType(named, json, "text");
        }
        var text = json.getText();
        return text.isEmpty() ? null : text;
    }

    private static Instant readTime(FieldTable.Named named, JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            try {
                return OffsetDateTime.parse(json.getText()).toInstant();
            } catch (DateTimeParseException ignored) {
                // refused below, with the field's name
            }
        }
        throw wrongType(named, json, "an ISO 8601 time in UTC such as 2026-01-31T12:00:00Z");
    }

    private static @Nullable Long readInteger(FieldTable.Named named, JsonParser json)
            throws IOException {
        var number = readDecimal(named, json);
        if (number == null) {
            return null;
        }
        try {
            return number.multiply(BigDecimal.valueOf(named.scale())).longValueExact();
        } catch (ArithmeticException e) {
            throw wrongType(named, json, "a whole number");
        }
    }

    private static @Nullable Double readNumber(FieldTable.Named named, JsonParser json)
            throws IOException {
        var number = readDecimal(named, json);
        // + 0.0 makes a negative zero a zero
        return number == null ? null : number.doubleValue() * named.scale() + 0.0;
    }

    /** The number, or null for NaN and a DCGM blank. */
    private static @Nullable BigDecimal readDecimal(FieldTable.Named named, JsonParser json)
            throws IOException {
        if (!json.currentToken().isNumeric()) {
            throw wrongType(named, json, "a number");
        }
        if (json.isNaN()) {
            if (Double.isNaN(json.getDoubleValue())) {
                return null;
            }
            throw new Refused(
                    RejectReason.OUT_OF_RANGE,
                    "%s is %s, expected a finite number"
                            .formatted(named.field().name(), json.getText()));
        }
        var number = json.getDecimalValue();
        return number.doubleValue() >= DCGM_BLANK ? null : number;
    }

    private static Boolean readFlag(FieldTable.Named named, JsonParser json) throws IOException {
        if (!json.currentToken().isBoolean()) {
            throw wrongType(named, json, "true or false");
        }
        return json.getBooleanValue();
    }

    private static Refused wrongType(FieldTable.Named named, JsonParser json, String expected)
            throws IOException {
        var text = json.currentToken().isScalarValue() ? json.getText() : "not a single value";
        var shown = text.length() > 64 ? text.substring(0, 64) + "…" : text;
        return new Refused(
                RejectReason.WRONG_TYPE,
                "%s is %s, expected %s".formatted(named.field().name(), shown, expected));
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

    /** A refusal on its way out of the parsing methods. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Rejected rejected;

        Refused(RejectReason reason, String detail) {
            super(detail, null);
            this.rejected = new Rejected(reason, detail);
        }
    }
}
