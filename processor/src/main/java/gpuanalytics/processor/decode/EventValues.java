package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an event says, as rollups need it: when, about whom, and its numbers. The same whether it
 * was carried from the record's bytes or read from the stored document ({@link StoredEvent}).
 *
 * <p>Some 200 bytes: rollups hold on to it until their updates are acknowledged.
 */
public final class EventValues {

    /** About what one takes on the heap. */
    public static final int BYTES = 232;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** A bit for each field that holds a number or a flag. */
    private static final long NUMERIC_OF_SAMPLES = numericFields(EventTopic.GPU_METRICS);

    private static final long NUMERIC_OF_USAGES = numericFields(EventTopic.TOKEN_USAGE);

    private final Labels labels;
    private final long epochSecond;
    private final int nanos;

    /** A bit for each field that has a value. */
    private final long present;

    /** The numbers of the fields that have one, in the order of fields: bits or whole. */
    private final long[] numbers;

    private final DecidedCounts counts;

    private EventValues(
            Labels labels,
            long epochSecond,
            int nanos,
            long present,
            long[] numbers,
            DecidedCounts counts) {
        this.labels = labels;
        this.epochSecond = epochSecond;
        this.nanos = nanos;
        this.present = present;
        this.numbers = numbers;
        this.counts = counts;
    }

    /**
     * The values of an event.
     *
     * @param present a bit for each field that has a value
     * @param byField the numbers by the index of their fields: a whole number, a flag (1 or 0) or
     *     the bits of a double; copied
     * @param counts what was decided that it counts
     */
    static EventValues of(
            Labels labels,
            long epochSecond,
            int nanos,
            long present,
            long[] byField,
            DecidedCounts counts) {
        long numeric = present & numeric(labels.topic());
        var numbers = new long[Long.bitCount(numeric)];
        int next = 0;
        for (long left = numeric; left != 0; left &= left - 1) {
            numbers[next++] = byField[Long.numberOfTrailingZeros(left)];
        }
        return new EventValues(labels, epochSecond, nanos, present, numbers, counts);
    }

    public EventTopic topic() {
        return labels.topic();
    }

    public Labels labels() {
        return labels;
    }

    /** When it happened, in whole seconds since 1970. */
    public long epochSecond() {
        return epochSecond;
    }

    /** When it happened, in milliseconds since 1970. */
    public long epochMilli() {
        return epochSecond * 1000 + nanos / 1_000_000;
    }

    /** When it happened, in nanoseconds since 1970. */
    public long epochNanos() {
        return epochSecond * NANOS_PER_SECOND + nanos;
    }

    /** Whether a field has a value. */
    public boolean has(Field<?> field) {
        return (present & bit(field)) != 0;
    }

    /** The value of a field that holds a number; NaN where it is absent. */
    public double number(Field<?> field) {
        long numeric = numeric();
        long bit = bit(field);
        return (numeric & bit) == 0
                ? Double.NaN
                : numberAt(Long.bitCount(numeric & (bit - 1)), field);
    }

    /** A bit, by its index, for each field that has a number or a flag. */
    public long numeric() {
        return present & numeric(topic());
    }

    /**
     * The value of a field that has one.
     *
     * @param place how many of the {@link #numeric} bits stand before the field's
     */
    public double numberAt(int place, Field<?> field) {
        long bits = numbers[place];
        return field.kind() == Field.Kind.NUMBER ? Double.longBitsToDouble(bits) : (double) bits;
    }

    /** Whether the numbers that both have are the same. */
    public boolean agreesWith(EventValues other) {
        long own = present & numeric(topic());
        long others = other.present & numeric(topic());
        for (long both = own & others; both != 0; both &= both - 1) {
            long below = Long.lowestOneBit(both) - 1;
            if (numbers[Long.bitCount(own & below)]
                    != other.numbers[Long.bitCount(others & below)]) {
                return false;
            }
        }
        return true;
    }

    /** What was decided that it counts, where its fields alone do not say it. */
    public DecidedCounts counts() {
        return counts;
    }

    /** Whether a usage is of a request that failed. */
    public boolean hasFailed() {
        return counts.failed() != null ? counts.failed() : has(TokenUsage.ERROR_TYPE);
    }

    /** The same event, for which this was decided. */
    public EventValues counting(DecidedCounts decided) {
        return new EventValues(labels, epochSecond, nanos, present, numbers, decided);
    }

    /** The values of a sample that stands for this time, in seconds. */
    EventValues standingFor(double intervalS) {
        var byField = new long[topic().fields().fields().size()];
        int next = 0;
        for (long left = numeric(); left != 0; left &= left - 1) {
            byField[Long.numberOfTrailingZeros(left)] = numbers[next++];
        }
        byField[GpuMetric.INTERVAL_S.index()] = Double.doubleToRawLongBits(intervalS);
        return of(labels, epochSecond, nanos, present | bit(GpuMetric.INTERVAL_S), byField, counts);
    }

    /**
     * Of a sample these readings alone, and the time that it stands for.
     *
     * @param intervalS in seconds; NaN where it is not known
     */
    public EventValues only(Collection<String> readings, double intervalS) {
        var byField = new long[topic().fields().fields().size()];
        long kept = 0;
        int next = 0;
        for (long left = numeric(); left != 0; left &= left - 1) {
            var field = topic().fields().fields().get(Long.numberOfTrailingZeros(left));
            byField[field.index()] = numbers[next++];
            kept |= readings.contains(field.name()) ? bit(field) : 0;
        }
        var decided = counts.only(readings, has(GpuMetric.POWER_W));
        var only = of(labels, epochSecond, nanos, kept, byField, decided);
        return Double.isNaN(intervalS) ? only : only.standingFor(intervalS);
    }

    static long bit(Field<?> field) {
        return 1L << field.index();
    }

    /** A bit for each of some fields. */
    static long bits(Collection<Field<?>> fields) {
        long bits = 0;
        for (var field : fields) {
            bits |= bit(field);
        }
        return bits;
    }

    private static long numeric(EventTopic topic) {
        return topic == EventTopic.GPU_METRICS ? NUMERIC_OF_SAMPLES : NUMERIC_OF_USAGES;
    }

    private static long numericFields(EventTopic topic) {
        long mask = 0;
        for (var field : topic.fields().fields()) {
            mask |= isNumeric(field) ? bit(field) : 0;
        }
        return mask;
    }

    private static boolean isNumeric(Field<?> field) {
        return switch (field.kind()) {
            case INTEGER, NUMBER, FLAG -> true;
            case TEXT, TIME -> false;
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EventValues values
                && epochSecond == values.epochSecond // before what is slow to compare
                && nanos == values.nanos
                && labels.equals(values.labels)
                && present == values.present
                && Arrays.equals(numbers, values.numbers)
                && counts.equals(values.counts);
    }

    @Override
    public int hashCode() {
        return Objects.hash(labels, epochSecond, nanos, present, Arrays.hashCode(numbers), counts);
    }

    @Override
    public String toString() {
        return "%s at %d.%09d, fields %x: %s, %s"
                .formatted(labels, epochSecond, nanos, present, Arrays.toString(numbers), counts);
    }
}
