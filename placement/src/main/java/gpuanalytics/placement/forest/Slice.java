package gpuanalytics.placement.forest;

import java.util.Arrays;

/**
 * A forest for rows that differ in a few columns alone: what the other columns decide was decided
 * once, and what is left of the trees is small. Any thread may ask.
 */
public final class Slice {

    private static final int BITS = 6;
    private static final int LAST_BIN = (1 << BITS) - 1;

    /** As many as an int has room for. */
    private static final int MAX_OPEN = 5;

    private final Bins bins;
    private final int[] open;
    private final int[] roots;
    private byte[] column = new byte[256];
    private long[] left = new long[256];
    private int[] first = new int[256];
    private int[] second = new int[256];
    private double[] value = new double[256];
    private float[] variance = new float[256];
    private int size;

    /**
     * What the trees say.
     *
     * @param value the mean, as {@link Estimate#value} up to rounding
     * @param spread as {@link Estimate#spread}
     */
    public record Said(double value, double spread) {}

    /**
     * Cuts the trees.
     *
     * @param row its open columns do not count
     * @param openColumns the columns in which rows differ
     */
    Slice(Bins bins, Tree[] trees, double[] row, int[] openColumns) {
        if (openColumns.length > MAX_OPEN) {
            throw new IllegalArgumentException(
                    "%d columns are open, expected at most %d"
                            .formatted(openColumns.length, MAX_OPEN));
        }
        this.bins = bins;
        open = openColumns.clone();
        var binned = bins.row(row);
        var places = new byte[binned.length];
        Arrays.fill(places, (byte) Tree.LEAF);
        for (int place = 0; place < open.length; place++) {
            places[open[place]] = (byte) place;
        }
        roots = new int[trees.length];
        for (int tree = 0; tree < trees.length; tree++) {
            roots[tree] = trees[tree].cut(0, binned, places, this);
        }
    }

    private int next() {
        if (size == column.length) {
            int room = 2 * size;
            column = Arrays.copyOf(column, room);
            left = Arrays.copyOf(left, room);
            first = Arrays.copyOf(first, room);
            second = Arrays.copyOf(second, room);
            value = Arrays.copyOf(value, room);
            variance = Arrays.copyOf(variance, room);
        }
        return size++;
    }

    /** Adds a leaf; returns its number. */
    int leaf(double itsValue, float itsVariance) {
        int node = next();
        column[node] = Tree.LEAF;
        value[node] = itsValue;
        variance[node] = itsVariance;
        return node;
    }

    /** Adds a split on an open column; returns its number. */
    int split(byte place, long toFirst) {
        int node = next();
        column[node] = place;
        left[node] = toFirst;
        return node;
    }

    /** Says what lies below a split. */
    void children(int node, int firstChild, int secondChild) {
        first[node] = firstChild;
        second[node] = secondChild;
    }

    /** Names all values of the open columns, in their order, for which the trees say the same. */
    public int cell(double... values) {
        int cell = 0;
        for (int place = 0; place < open.length; place++) {
            cell |= bins.bin(open[place], values[place]) << (BITS * place);
        }
        return cell;
    }

    /** What the trees say of a cell. */
    public Said of(int cell) {
        var sums = new Sums();
        for (int root : roots) {
            int node = root;
            while (column[node] != Tree.LEAF) {
                int bin = (cell >>> (BITS * column[node])) & LAST_BIN;
                node = (left[node] >>> bin & 1) == 1 ? first[node] : second[node];
            }
            sums.add(value[node], variance[node]);
        }
        return new Said(sums.mean(), sums.spread());
    }
}
