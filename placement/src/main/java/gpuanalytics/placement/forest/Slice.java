package gpuanalytics.placement.forest;

import org.jspecify.annotations.Nullable;

/**
 * A forest for rows that differ in a few columns alone. Rows between which its trees cannot tell
 * are one cell, so that whoever asks about many asks about few. It holds nothing but a row: the
 * trees are those of the forest. Any thread may ask.
 */
public final class Slice {

    private static final int BITS = 6;
    private static final int LAST_BIN = (1 << BITS) - 1;

    /** As many as an int has room for. */
    private static final int MAX_OPEN = 5;

    /** Fewer cells are asked about one after the other. */
    private static final int MANY = 2;

    private final Bins bins;
    private final Tree[] trees;
    private final byte[] row;
    private final int[] open;

    /**
     * What the trees say.
     *
     * @param value the mean, as {@link Estimate#value} up to rounding
     * @param spread as {@link Estimate#spread}
     */
    public record Said(double value, double spread) {}

    /**
     * @param row its open columns do not count
     * @param open the columns in which rows differ
     */
    Slice(Bins bins, Tree[] trees, double[] row, int[] open) {
        if (open.length > MAX_OPEN) {
            throw new IllegalArgumentException(
                    "%d columns are open, expected at most %d".formatted(open.length, MAX_OPEN));
        }
        this.bins = bins;
        this.trees = trees;
        this.row = bins.row(row);
        this.open = open.clone();
    }

    /** Names all values of the open columns, in their order, for which the trees say the same. */
    public int cell(double... values) {
        int cell = 0;
        for (int place = 0; place < open.length; place++) {
            cell |= bins.bin(open[place], values[place]) << (BITS * place);
        }
        return cell;
    }

    /** What the trees say of many cells, in their order. */
    public Said[] of(int... cells) {
        var said = new Said[cells.length];
        if (cells.length < MANY) {
            for (int place = 0; place < said.length; place++) {
                said[place] = of(cells[place]);
            }
            return said;
        }
        var all = new SliceCells(sets(cells));
        var grid = new SliceGrid(trees, row, open, all);
        for (int place = 0; place < said.length; place++) {
            said[place] = grid.said(all.number(cells[place]));
        }
        return said;
    }

    /**
     * What the trees say of all cells that have the values of these in the open columns.
     *
     * @param whole the place of the open column of which all values count
     * @return null where those would be more than so many
     */
    public @Nullable SliceGrid grid(int[] cells, int whole, int most) {
        var sets = sets(cells);
        sets[whole] = -1L >>> (Long.SIZE - bins.count(open[whole]));
        long size = 1;
        for (long set : sets) {
            size *= Long.bitCount(set);
        }
        return size > most ? null : new SliceGrid(trees, row, open, new SliceCells(sets));
    }

    private long[] sets(int[] cells) {
        var sets = new long[open.length];
        for (int place = 0; place < open.length; place++) {
            for (int cell : cells) {
                sets[place] |= 1L << bin(cell, place);
            }
        }
        return sets;
    }

    static int bin(int cell, int place) {
        return (cell >>> (BITS * place)) & LAST_BIN;
    }

    /** What the trees say of a cell. */
    public Said of(int cell) {
        var asked = row.clone();
        for (int place = 0; place < open.length; place++) {
            asked[open[place]] = (byte) bin(cell, place);
        }
        var sums = new Sums();
        for (var tree : trees) {
            int leaf = tree.leaf(asked);
            sums.add(tree.value(leaf), tree.variance(leaf));
        }
        return new Said(sums.mean(), sums.spread());
    }
}
