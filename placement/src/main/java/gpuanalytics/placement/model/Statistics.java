package gpuanalytics.placement.model;

import java.util.Arrays;

/** Statistics of few numbers. */
final class Statistics {

    private Statistics() {}

    /** The middle one, or between the two in the middle. Of at least one. */
    static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The standard deviation of a sample of at least two. */
    static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
        return Math.sqrt(squares / (values.length - 1));
    }

    /**
     * The value that a share of sorted values does not exceed.
     *
     * @param sorted at least one
     */
    static double quantile(double[] sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
    }
}
