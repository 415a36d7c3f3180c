package gpuanalytics.producer.translate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamWriteFeature;
import gpuanalytics.event.Decoded;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Said;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;

/**
 * Events of names and values: they take the contract's own way, as JSON through its codec, so that
 * names, units, ranges and words are the contract's whoever sends them.
 */
public final class EventWriter {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final EventCodec codec;
    private final Clock clock;

    /** Judges by a codec, at the clock's time. */
    public EventWriter(EventCodec codec, Clock clock) {
        this.codec = codec;
        this.clock = clock;
    }

    /**
     * The event that names and values are.
     *
     * @param values texts, numbers, flags and times by any name that the contract knows
     */
    public Decoded write(EventTopic topic, Map<String, Object> values) {
        return codec.decode(topic, json(values), clock.instant());
    }

    /** The event that is said so. */
    public Decoded write(Said said) {
        return codec.decode(said, clock.instant());
    }

    /** Names and values as they are judged. */
    public static byte[] json(Map<String, Object> values) {
        var out = new ByteArrayOutputStream(512);
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            for (var each : values.entrySet()) {
                json.writeFieldName(each.getKey());
                switch (each.getValue()) {
                    case String text -> json.writeString(text);
                    case BigDecimal number -> json.writeNumber(number);
                    case Boolean flag -> json.writeBoolean(flag);
                    case Instant time -> json.writeString(time.toString());
                    default -> throw new IllegalArgumentException(each + " is no value");
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }

    /** A number as it is written: 3 and not 3.0. */
    public static BigDecimal number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros();
    }

    /** The time that an unsigned number of nanoseconds since 1970 is. */
    public static Instant time(long unixNanos) {
        return Instant.ofEpochSecond(
                Long.divideUnsigned(unixNanos, NANOS_PER_SECOND),
                Long.remainderUnsigned(unixNanos, NANOS_PER_SECOND));
    }
}
