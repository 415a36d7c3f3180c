package gpuanalytics.processor.query;

import gpuanalytics.event.Field;
import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.Reading.Distribution;
import gpuanalytics.processor.query.Reading.Level;
import gpuanalytics.processor.query.Reading.Total;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What events say together of each measure of their kind; a measure that none of them has is
 * absent, never zero.
 *
 * @param measures of what
 * @param values a reading for each measure, in their order; null where it is absent
 */
public record Readings(Measures measures, List<@Nullable Reading> values) {

    public Readings(Measures measures, List<@Nullable Reading> values) {
        if (values.size() != measures.size()) {
            throw new IllegalArgumentException(
                    "%d values, expected %d".formatted(values.size(), measures.size()));
        }
        this.measures = measures;
        // List.copyOf takes no null
        this.values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    /** No event has any of them. */
    public static Readings absent(Measures measures) {
        return new Readings(measures, Collections.nCopies(measures.size(), null));
    }

    public @Nullable Reading get(Measure measure) {
        return values.get(measure.index());
    }

    /**
     * A gauge.
     *
     * @throws IllegalArgumentException for a field that is none
     */
    public @Nullable Level level(Field<?> gauge) {
        return get(gauge, Level.class);
    }

    /**
     * An amount.
     *
     * @throws IllegalArgumentException for a field that is none
     */
    public @Nullable Long total(Field<?> amount) {
        var total = get(amount, Total.class);
        return total == null ? null : total.sum();
    }

    /**
     * A length of time.
     *
     * @throws IllegalArgumentException for a field that is none
     */
    public @Nullable Distribution distribution(Field<?> duration) {
        return get(duration, Distribution.class);
    }

    private <T extends Reading> @Nullable T get(Field<?> field, Class<T> type) {
        var reading = get(measures.get(field));
        if (reading != null && !type.isInstance(reading)) {
            throw new IllegalArgumentException(
                    "%s is no %s".formatted(field, type.getSimpleName()));
        }
        return reading == null ? null : type.cast(reading);
    }
}
