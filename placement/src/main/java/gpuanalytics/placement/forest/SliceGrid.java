package gpuanalytics.placement.forest;

import java.util.Arrays;

/**
 * What trees say of all of some cells. A leaf says the same of a box of cells: it is written to the
 * box's corners alone, and one pass at the end carries it through, so that thousands of cells take
 * little more time than hundreds.
 */
public final class SliceGrid {

    /** Values, their squares, and variances. */
    private static final int SUMS = 3;

    private final SliceCells cells;
    private final double[] sums;
    private final int trees;

    /** By column how many bins cells have, and how far apart in the sums neighbours are. */
    private final int[] counts;

    private final int[] strides;

    /** By column the bins of the leaf that is being written, as ranks. */
    private final long[] ranks;

    private double first = Double.NaN;

    /**
     * Asks the trees.
     *
     * @param row the bins of a row
     * @param open its columns of which all bins of the cells count
     */
    SliceGrid(Tree[] trees, byte[] row, int[] open, SliceCells cells) {
        this.trees = trees.length;
        this.cells = cells;
        sums = new double[SUMS * cells.size()];
        ranks = new long[open.length];
        counts = new int[open.length];
        strides = new int[open.length];
        for (int place = 0; place < open.length; place++) {
            counts[place] = cells.count(place);
            strides[place] = SUMS * cells.stride(place);
        }
        var places = new byte[row.length];
        Arrays.fill(places, (byte) -1);
        for (int place = 0; place < open.length; place++) {
            places[open[place]] = (byte) place;
        }
        for (var tree : trees) {
            tree.leaves(row, places, cells.sets(), this::add);
        }
        carry();
    }

    private void add(double value, double variance, long[] box) {
        if (Double.isNaN(first)) {
            first = value;
        }
        for (int place = 0; place < ranks.length; place++) {
            ranks[place] = cells.ranks(place, box[place]);
        }
        // from the first one, so that squares of large values do not eat the difference
        double more = value - first;
        add(ranks.length - 1, 0, more, more * more, variance);
    }

    /** Adds to the corners; the bins of a column are one run of neighbours, or several. */
    private void add(int place, int at, double value, double square, double variance) {
        if (place < 0) {
            sums[at] += value;
            sums[at + 1] += square;
            sums[at + 2] += variance;
            return;
        }
        int stride = strides[place];
        int count = counts[place];
        int begin = Long.numberOfTrailingZeros(ranks[place]);
        while (begin < count) {
            long after = ~ranks[place] & (-1L << begin);
            int end = Math.min(count, Long.numberOfTrailingZeros(after));
            add(place - 1, at + begin * stride, value, square, variance);
            if (end == count) {
                return;
            }
            add(place - 1, at + end * stride, -value, -square, -variance);
            begin = Long.numberOfTrailingZeros(ranks[place] & (-1L << end));
        }
    }

    /** Carries what stands in the corners through the boxes. */
    private void carry() {
        for (int place = 0; place < strides.length; place++) {
            int stride = strides[place];
            int row = stride * counts[place];
            for (int begin = 0; begin < sums.length; begin += row) {
                for (int at = begin + stride; at < begin + row; at++) {
                    sums[at] += sums[at - stride];
                }
            }
        }
    }

    /** The cells. */
    public SliceCells cells() {
        return cells;
    }

    /** What the trees say of a cell by its number. */
    public Slice.Said said(int number) {
        int at = SUMS * number;
        double mean = sums[at] / trees;
        double between = Math.max(0, sums[at + 1] / trees - mean * mean);
        double within = Math.max(0, sums[at + 2] / trees);
        return new Slice.Said(first + mean, Math.sqrt(within + between));
    }
}
