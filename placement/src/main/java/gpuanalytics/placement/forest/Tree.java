package gpuanalytics.placement.forest;

import java.util.Arrays;

/**
 * A tree over binned columns, its nodes in arrays; the root is node 0. A node's value is the mean
 * of its training rows, also where it is no leaf.
 */
final class Tree {

    static final int LEAF = -1;

    private byte[] column = new byte[64];
    private long[] left = new long[64];
    private int[] firstChild = new int[64];
    private double[] value = new double[64];
    private float[] variance = new float[64];
    private int size;

    /** Adds a leaf; returns its number. */
    int add() {
        if (size == value.length) {
            grow(2 * size);
        }
        firstChild[size] = LEAF;
        return size++;
    }

    /**
     * Makes a leaf a node with two children.
     *
     * @param bins the set of bins that go to the first child; all others go to the second
     * @param child the first child; the second is the next number
     */
    void split(int node, int onColumn, long bins, int child) {
        column[node] = (byte) onColumn;
        left[node] = bins;
        firstChild[node] = child;
    }

    /** Says what the rows of a node had; of a node its children come first. */
    void set(int node, double itsValue, double itsVariance) {
        value[node] = itsValue;
        variance[node] = (float) itsVariance;
    }

    Tree trimmed() {
        grow(size);
        return this;
    }

    private void grow(int room) {
        column = Arrays.copyOf(column, room);
        left = Arrays.copyOf(left, room);
        firstChild = Arrays.copyOf(firstChild, room);
        value = Arrays.copyOf(value, room);
        variance = Arrays.copyOf(variance, room);
    }

    private int next(int node, int bin) {
        return firstChild[node] + ((left[node] >>> bin & 1) == 1 ? 0 : 1);
    }

    /** The leaf of a row that is given by its bins. */
    int leaf(byte[] bins) {
        int node = 0;
        while (firstChild[node] != LEAF) {
            node = next(node, bins[column[node]]);
        }
        return node;
    }

    /** The leaf of a row of binned columns. */
    int leaf(byte[][] bins, int row) {
        int node = 0;
        while (firstChild[node] != LEAF) {
            node = next(node, bins[column[node]][row]);
        }
        return node;
    }

    /** Hears of a leaf and of the rows that come to it. */
    interface LeafListener {

        /**
         * A leaf that rows come to.
         *
         * @param sets by open column the bins of the rows that come here; valid during the call
         */
        void leaf(double value, double variance, long[] sets);
    }

    /**
     * Goes to every leaf that rows come to of which some columns are open.
     *
     * @param row the bins of the other columns
     * @param open by column its place among the open ones; negative where it is not open
     * @param sets by open column the bins that rows may have; as it was when this returns
     */
    void leaves(byte[] row, byte[] open, long[] sets, LeafListener listener) {
        leaves(0, row, open, sets, listener);
    }

    private void leaves(int from, byte[] row, byte[] open, long[] sets, LeafListener listener) {
        int node = from;
        while (firstChild[node] != LEAF) {
            int place = open[column[node]];
            if (place < 0) {
                node = next(node, row[column[node]]);
                continue;
            }
            long set = sets[place];
            long first = set & left[node];
            if (first != 0 && first != set) {
                sets[place] = first;
                leaves(firstChild[node], row, open, sets, listener);
                sets[place] = set & ~left[node];
                leaves(firstChild[node] + 1, row, open, sets, listener);
                sets[place] = set;
                return;
            }
            node = firstChild[node] + (first == 0 ? 1 : 0);
        }
        listener.leaf(value[node], variance[node], sets);
    }

    /** Adds to each column by how much its splits on the row's path have moved the mean. */
    void contribute(byte[] bins, double[] contributions) {
        int node = 0;
        while (firstChild[node] != LEAF) {
            int child = next(node, bins[column[node]]);
            contributions[column[node]] += value[child] - value[node];
            node = child;
        }
    }

    double value(int node) {
        return value[node];
    }

    /** The variance of a leaf's training rows. */
    double variance(int node) {
        return variance[node];
    }

    double root() {
        return value[0];
    }

    /** Whether both have the same nodes, to the last bit. */
    boolean isSame(Tree other) {
        return size == other.size
                && Arrays.equals(column, other.column)
                && Arrays.equals(left, other.left)
                && Arrays.equals(firstChild, other.firstChild)
                && Arrays.equals(value, other.value);
    }
}
