package gpuanalytics.placement.forest;

/** Cells of a slice: all that have one of some bins in each open column, numbered from 0. */
public final class SliceCells {

    private final long[] sets;
    private final int[] strides;
    private final int size;

    /**
     * @param sets by open column the bins that cells have
     */
    SliceCells(long[] sets) {
        this.sets = sets.clone();
        strides = new int[sets.length];
        int cells = 1;
        for (int place = 0; place < sets.length; place++) {
            strides[place] = cells;
            cells *= Long.bitCount(sets[place]);
        }
        size = cells;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** The number of a cell; negative where it is none of these. */
    public int number(int cell) {
        int number = 0;
        for (int place = 0; place < sets.length; place++) {
            long bin = 1L << Slice.bin(cell, place);
            if ((sets[place] & bin) == 0) {
                return -1;
            }
            number += strides[place] * Long.bitCount(sets[place] & (bin - 1));
        }
        return number;
    }

    /** How many bins a column has. */
    int count(int place) {
        return Long.bitCount(sets[place]);
    }

    /** By how much the numbers of two cells differ whose bins in one column are neighbours. */
    int stride(int place) {
        return strides[place];
    }

    /** Those of a set of bins that cells have, as a set of their ranks. */
    long ranks(int place, long bins) {
        return Long.compress(bins, sets[place]);
    }

    long[] sets() {
        return sets.clone();
    }
}
