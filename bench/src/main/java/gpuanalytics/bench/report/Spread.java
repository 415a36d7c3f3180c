package gpuanalytics.bench.report;

import java.util.Collection;

/**
 * Several measurements of one thing.
 *
 * @param median the middle one, or the mean of the middle two
 * @param min the smallest
 * @param max the largest
 */
public record Spread(double median, double min, double max) {

    /**
     * The spread of these values.
     *
     * @throws IllegalArgumentException when there are none
     */
    public static Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values, expected at least one");
        }
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median =
                sorted.size() % 2 == 1
                        ? sorted.get(middle)
                        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.getFirst(), sorted.getLast());
    }

    /** The median, and the range where there is one, with this many decimals. */
    public String text(int decimals) {
        var number = "%,." + decimals + "f";
        var middle = number.formatted(median);
        return min == max
                ? middle
                : "%s (%s–%s)".formatted(middle, number.formatted(min), number.formatted(max));
    }
}
