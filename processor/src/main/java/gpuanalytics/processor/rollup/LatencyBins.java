package gpuanalytics.processor.rollup;

import java.util.Arrays;

/**
 * The bins of a latency histogram: bin 0 holds up to 1 µs, each further one reaches 2^(1/8) times
 * as far, so that a quantile is at most 4.5 % off. Fixed for ever: counts of different processes
 * and years add up.
 */
public final class LatencyBins {

    /** Enough for a day, the longest latency an event may have. */
    public static final int COUNT = 293;

    private static final double BINS_PER_DOUBLING = 8;

    private static final double[] UPPER_US = upperBounds();

    /** Below it a bin is found by its cell, beyond it is the last bin. */
    private static final double LAST_US = UPPER_US[COUNT - 2];

    /** A cell has all numbers that share their exponent and the first bits behind it. */
    private static final int BELOW_CELL_BITS = Double.PRECISION - 1 - 5;

    private static final long FIRST_CELL = cell(1);

    /** The first bin that may have numbers of a cell. */
    private static final int[] BIN_OF_CELL = binsOfCells();

    private LatencyBins() {}

    /** The bin of a latency in milliseconds. */
    public static int of(double latencyMs) {
        double us = latencyMs * 1000;
        if (us <= 1) {
            return 0;
        }
        if (!(us <= LAST_US)) {
            return COUNT - 1;
        }
        int bin = BIN_OF_CELL[(int) (cell(us) - FIRST_CELL)];
        while (UPPER_US[bin] < us) {
            bin++;
        }
        return bin;
    }

    /** The largest latency of a bin, in milliseconds. */
    public static double upperMs(int bin) {
        return UPPER_US[bin] / 1000;
    }

    /**
     * The latency in milliseconds that the share {@code quantile} of the counted values does not
     * exceed: the geometric middle of its bin; NaN when nothing is counted.
     *
     * @param counts {@link #COUNT} counts
     * @param quantile 0 to 1
     */
    public static double quantileMs(long[] counts, double quantile) {
        long total = Arrays.stream(counts).sum();
        if (total == 0) {
            return Double.NaN;
        }
        long rank = Math.max(1, (long) Math.ceil(quantile * total));
        long seen = 0;
        for (int bin = 0; bin < counts.length; bin++) {
            seen += counts[bin];
            if (seen >= rank) {
                return middleMs(bin);
            }
        }
        throw new IllegalStateException("counts do not add up to " + total);
    }

    private static double middleMs(int bin) {
        return bin == 0 ? UPPER_US[0] / 2000 : Math.sqrt(UPPER_US[bin - 1] * UPPER_US[bin]) / 1000;
    }

    private static long cell(double number) {
        return Double.doubleToRawLongBits(number) >>> BELOW_CELL_BITS;
    }

    private static int[] binsOfCells() {
        var bins = new int[(int) (cell(LAST_US) - FIRST_CELL) + 1];
        for (int i = 0; i < bins.length; i++) {
            double smallest = Double.longBitsToDouble((FIRST_CELL + i) << BELOW_CELL_BITS);
            int found = Arrays.binarySearch(UPPER_US, smallest);
            bins[i] = found >= 0 ? found : -found - 1;
        }
        return bins;
    }

    private static double[] upperBounds() {
        var bounds = new double[COUNT];
        for (int bin = 0; bin < COUNT; bin++) {
            // StrictMath: the same bounds on every machine
            bounds[bin] = StrictMath.pow(2, bin / BINS_PER_DOUBLING);
        }
        return bounds;
    }
}
