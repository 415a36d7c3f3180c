package gpuanalytics.placement.forest;

import java.util.Arrays;

/** What the rows of a node have in each bin of a column, and the best way to part them in two. */
final class Histogram {

    private final double[] sums = new double[Bins.MAX_BINS];
    private final int[] counts = new int[Bins.MAX_BINS];
    private final int[] order = new int[Bins.MAX_BINS];
    private final int leafRows;
    private double sum;
    private int count;

    /** The best split so far over the columns that were tried. */
    private double bestScore;

    private int bestColumn;
    private long bestLeft;

    Histogram(int leafRows) {
        this.leafRows = leafRows;
    }

    /** Begins a node. */
    void begin(double sumOfTargets, int rows) {
        sum = sumOfTargets;
        count = rows;
        bestColumn = -1;
        // less is rounding, not a better fit
        bestScore = sum * sum / count * (1 + 1e-9) + 1e-300;
    }

    /** The column of the best split; -1 where none parts the node well. */
    int column() {
        return bestColumn;
    }

    /** The bins that go to the first child. */
    long left() {
        return bestLeft;
    }

    /** Tries a column. */
    void offer(
            int column,
            boolean isCategory,
            byte[] bins,
            double[] targets,
            byte[] weights,
            int[] rows,
            int from,
            int to) {
        Arrays.fill(sums, 0);
        Arrays.fill(counts, 0);
        for (int place = from; place < to; place++) {
            int row = rows[place];
            int bin = bins[row];
            sums[bin] += weights[row] * targets[row];
            counts[bin] += weights[row];
        }
        if (isCategory) {
            offerCategories(column);
        } else {
            offerNumbers(column);
        }
    }

    /** Splits at every value, once with what is absent on either side. */
    private void offerNumbers(int column) {
        double absentSum = sums[Bins.ABSENT];
        int absent = counts[Bins.ABSENT];
        double below = 0;
        int belowCount = 0;
        // alone on its side, too
        offerSplit(column, absentSum, absent, 1L);
        for (int bin = 1; bin < Bins.MAX_BINS; bin++) {
            if (counts[bin] == 0) {
                continue;
            }
            below += sums[bin];
            belowCount += counts[bin];
            long upTo = bin == Bins.MAX_BINS - 1 ? -2L : (1L << (bin + 1)) - 2;
            if (absent > 0) {
                offerSplit(column, below, belowCount, upTo);
                offerSplit(column, below + absentSum, belowCount + absent, upTo | 1L);
            } else {
                // nobody has shown where absent belongs: to the many
                long set = 2 * belowCount >= count ? upTo | 1L : upTo;
                offerSplit(column, below, belowCount, set);
            }
        }
    }

    /** In the order of the means one of the sets that begin it is the best of all sets. */
    private void offerCategories(int column) {
        int present = 0;
        long absentBins = 0;
        for (int bin = 0; bin < Bins.MAX_BINS; bin++) {
            if (counts[bin] > 0) {
                int place = present++;
                while (place > 0 && mean(order[place - 1]) > mean(bin)) {
                    order[place] = order[place - 1];
                    place--;
                }
                order[place] = bin;
            } else {
                absentBins |= 1L << bin;
            }
        }
        double below = 0;
        int belowCount = 0;
        long set = 0;
        for (int place = 0; place < present - 1; place++) {
            int bin = order[place];
            below += sums[bin];
            belowCount += counts[bin];
            set |= 1L << bin;
            offerSplit(column, below, belowCount, 2 * belowCount >= count ? set | absentBins : set);
        }
    }

    private double mean(int bin) {
        return sums[bin] / counts[bin];
    }

    private void offerSplit(int column, double leftSum, int leftCount, long left) {
        int rightCount = count - leftCount;
        if (leftCount < leafRows || rightCount < leafRows) {
            return;
        }
        double rightSum = sum - leftSum;
        double score = leftSum * leftSum / leftCount + rightSum * rightSum / rightCount;
        if (score > bestScore) {
            bestScore = score;
            bestColumn = column;
            bestLeft = left;
        }
    }
}
