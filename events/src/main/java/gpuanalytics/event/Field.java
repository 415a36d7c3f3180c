package gpuanalytics.event;

import java.time.Instant;
import java.util.List;

/**
 * One field of an event: its name, what it holds, its unit and the values it may take.
 *
 * <p>The constants in {@link GpuMetric} and {@link TokenUsage} are the contract; codec, schema,
 * documentation and storage follow them.
 *
 * @param <T> {@link String}, {@link Instant}, {@link Long}, {@link Double} or {@link Boolean}
 * @param name the name in JSON, BSON and the API
 * @param kind what it holds
 * @param type the Java type of its values
 * @param unit the unit of a number; empty where it has none
 * @param min the smallest value allowed (numbers)
 * @param max the largest value allowed (numbers), or the most characters (text)
 * @param required whether an event without it is refused
 * @param index its place among the fields of its topic, from 0
 * @param aliases other names under which it is accepted
 */
public record Field<T>(
        String name,
        Kind kind,
        Class<T> type,
        String unit,
        double min,
        double max,
        boolean required,
        int index,
        List<Alias> aliases) {

    /** What a field holds. */
    public enum Kind {
        /** Text of at least one character. */
        TEXT,
        /** A time, ISO 8601 with a zone, up to nanoseconds. */
        TIME,
        /** A whole number. */
        INTEGER,
        /** A number. */
        NUMBER,
        /** true or false. */
        FLAG
    }

    /**
     * Another name for a field, used by another system.
     *
     * @param name the other name
     * @param scale what a number under this name is multiplied with to get our unit
     */
    public record Alias(String name, double scale) {}

    /** The longest text accepted, in characters. */
    public static final int MAX_TEXT_CHARS = 512;

    public Field {
        aliases = List.copyOf(aliases);
    }

    @Override
    public String toString() {
        return name;
    }
}
