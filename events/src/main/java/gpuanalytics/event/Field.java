package gpuanalytics.event;

import java.math.BigDecimal;
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
 * @param min the smallest value allowed (numbers; seconds since 1970 for times), or the fewest code
 *     points (text)
 * @param max the largest value allowed (numbers; seconds since 1970 for times), or the most code
 *     points (text)
 * @param aggregation how the values of many events make one; it stands here, beside the range,
 *     because the two are one decision: the sum of an hour must fit an int64
 * @param required whether an event without it is rejected
 * @param index its place among the fields of its topic, from 0
 * @param aliases other names under which it is accepted, the preferred ones first
 */
public record Field<T>(
        String name,
        Kind kind,
        Class<T> type,
        String unit,
        double min,
        double max,
        Aggregation aggregation,
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

    /** How the values of many events make one. */
    public enum Aggregation {
        /** They do not: a label, a time, a code. */
        NONE,
        /**
         * A level: its mean, smallest and largest value count. Its sum is kept in millionths of the
         * unit.
         */
        GAUGE,
        /** A level in a small unit, such as bytes: a gauge whose sum is kept in whole units. */
        WHOLE_GAUGE,
        /**
         * A count that its source keeps and that may start again: its sum means nothing, only its
         * smallest and largest value are kept.
         */
        COUNTER,
        /** An amount that is its event's own: the sum counts. */
        SUM,
        /** A length of time: how its values are distributed counts. */
        HISTOGRAM
    }

    /** How the value under another name is understood. */
    public enum Reading {
        /** A number in another unit, or any value as it is. */
        SCALED,
        /**
         * A ratio up to 1 (and a rounding error beyond), above that a percentage: one name had both
         * meanings in two versions of the system that writes it.
         */
        RATIO_OR_PERCENT,
        /** A whole number, or its digits as text, as labels have it. */
        LABEL
    }

    /**
     * Another name for a field, used by another system.
     *
     * @param name the other name
     * @param scale what a number under this name is multiplied with to get our unit
     * @param reading how its value is understood
     */
    public record Alias(String name, double scale, Reading reading) {

        /** The scale as the decimal number it is written as, so that 37 % is 0.37 exactly. */
        BigDecimal exactScale() {
            return BigDecimal.valueOf(scale);
        }
    }

    /** The longest text accepted, in code points. */
    public static final int MAX_TEXT_CHARS = 512;

    public Field {
        aliases = List.copyOf(aliases);
    }

    /** Whether it is a share of a whole. */
    public boolean isRatio() {
        return kind == Kind.NUMBER && unit.equals("1") && max == 1;
    }

    @Override
    public String toString() {
        return name;
    }
}
