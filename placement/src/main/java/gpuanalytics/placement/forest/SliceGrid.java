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
        // from the first one, so that squares of large values do not eat the difference
        add(box, 0, 0, value - first, variance, 1);
    }

    /** Adds to the corners; the bins of a column are one run of neighbours, or several. */
    private void add(long[] box, int place, int at, double value, double variance, int sign) {
        if (place == cells.columns()) {
            sums[at] += sign * value;
            sums[at + 1] += sign * value * value;
            sums[at + 2] += sign * variance;
            return;
        }
        long ranks = cells.ranks(place, box[place]);
        int stride = SUMS * cells.stride(place);
        int count = cells.count(place);
        int begin = Long.numberOfTrailingZeros(ranks);
        while (begin < count) {
            long after = ~ranks & (-1L << begin);
            int end = Math.min(count, Long.numberOfTrailingZeros(after));
            add(box, place + 1, at + begin * stride, value, variance, sign);
            if (end == count) {
                return;
            }
            add(box, place + 1, at + end * stride, value, variance, -sign);
            begin = Long.numberOfTrailingZeros(ranks & (-1L << end));
        }
    }

    /** Carries what stands in the corners through the boxes. */
    private void carry() {
        for (int place = 0; place < cells.columns(); place++) {
            int stride = SUMS * cells.stride(place);
            int row = stride * cells.count(place);
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
