package gpuanalytics.processor.measure;

import gpuanalytics.event.Field;
import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.processor.store.StoreLayout;

/**
 * One reading that rollups aggregate.
 *
 * @param field the reading, in the contract of its event
 * @param index its place among the measures of its kind, from 0
 */
public record Measure(Field<?> field, int index) {

    private static final double MICRO = 1e6;

    /** Its name in events, in the store and in the API. */
    public String name() {
        return field.name();
    }

    public Aggregation aggregation() {
        return field.aggregation();
    }

    /** Whether rollups keep its sum. */
    public boolean hasSum() {
        return switch (aggregation()) {
            case GAUGE, WHOLE_GAUGE, SUM, HISTOGRAM -> true;
            case COUNTER, NONE -> false;
        };
    }

    /** Whether rollups keep its smallest and largest value. */
    public boolean hasRange() {
        return switch (aggregation()) {
            case GAUGE, WHOLE_GAUGE, COUNTER, HISTOGRAM -> true;
            case SUM, NONE -> false;
        };
    }

    /** Whether rollups keep how many of its values fell into each bin of a histogram. */
    public boolean hasBins() {
        return aggregation() == Aggregation.HISTOGRAM;
    }

    /** The name of its sum in its part of a rollup; it says in what units the sum is. */
    public String sumName() {
        return isInMillionths() ? StoreLayout.SUM_MICRO : StoreLayout.SUM;
    }

    /** How much a sum in a rollup is per unit of the reading. */
    public double sumPerUnit() {
        return isInMillionths() ? MICRO : 1;
    }

    private boolean isInMillionths() {
        return switch (aggregation()) {
            case GAUGE, HISTOGRAM -> true;
            case WHOLE_GAUGE, COUNTER, SUM, NONE -> false;
        };
    }
}
