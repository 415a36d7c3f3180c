package gpuanalytics.placement.forest;

import java.util.Arrays;

/**
 * The bins of each column: bin 0 is "absent", the others follow the values' order, cut so that each
 * holds about as many rows. There are at most 64, so that a set of them is one long.
 */
final class Bins {

    static final int MAX_BINS = 64;
    static final int ABSENT = 0;

    private static final int MAX_VALUES_READ = 20_000;

    private final boolean[] categories;

    /** The largest value of each bin but the last, by column; of a category nothing. */
    private final double[][] cuts;

    private Bins(boolean[] categories, double[][] cuts) {
        this.categories = categories;
        this.cuts = cuts;
    }

    static Bins of(TrainingRows rows) {
        var cuts = new double[rows.columns().length][];
        for (int column = 0; column < cuts.length; column++) {
            cuts[column] = rows.categories()[column] ? new double[0] : cuts(rows.columns()[column]);
        }
        return new Bins(rows.categories(), cuts);
    }

    /** Every value its own bin where there are few, else equal shares of the rows. */
    private static double[] cuts(double[] values) {
        // evenly spaced rows are enough to cut by, and sorting all would cost more than a tree
        int stride = Math.max(1, values.length / MAX_VALUES_READ);
        var sorted = new double[(values.length + stride - 1) / stride];
        int known = 0;
        for (int row = 0; row < values.length; row += stride) {
            if (!Double.isNaN(values[row])) {
                sorted[known++] = values[row];
            }
        }
        Arrays.sort(sorted, 0, known);
        var distinct = Arrays.stream(sorted, 0, known).distinct().toArray();
        int bins = MAX_BINS - 1;
        if (distinct.length <= bins) {
            return Arrays.copyOf(distinct, Math.max(0, distinct.length - 1));
        }
        var cuts = new double[bins - 1];
        for (int cut = 0; cut < cuts.length; cut++) {
            cuts[cut] = sorted[(int) ((long) (cut + 1) * known / bins)];
        }
        return Arrays.stream(cuts).distinct().toArray();
    }

    boolean isCategory(int column) {
        return categories[column];
    }

    int columns() {
        return cuts.length;
    }

    /** How many bins a column has, with that of absent values. */
    int count(int column) {
        return categories[column] ? MAX_BINS : 2 + cuts[column].length;
    }

    /** The bin of a value. */
    int bin(int column, double value) {
        if (Double.isNaN(value)) {
            return ABSENT;
        }
        if (categories[column]) {
            int category = (int) value;
            return category < 0 || category > MAX_BINS - 2 ? ABSENT : 1 + category;
        }
        int place = Arrays.binarySearch(cuts[column], value);
        return 1 + (place >= 0 ? place : -place - 1);
    }

    /** The bins of a row. */
    byte[] row(double[] values) {
        if (values.length != cuts.length) {
            throw new IllegalArgumentException(
                    "a row has %d values, expected %d".formatted(values.length, cuts.length));
        }
        var bins = new byte[values.length];
        for (int column = 0; column < bins.length; column++) {
            bins[column] = (byte) bin(column, values[column]);
        }
        return bins;
    }

    /** The bins of all rows, by column. */
    byte[][] all(TrainingRows rows) {
        var bins = new byte[cuts.length][rows.size()];
        for (int column = 0; column < bins.length; column++) {
            for (int row = 0; row < rows.size(); row++) {
                bins[column][row] = (byte) bin(column, rows.columns()[column][row]);
            }
        }
        return bins;
    }
}
