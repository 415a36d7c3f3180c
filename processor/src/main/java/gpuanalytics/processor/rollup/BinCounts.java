package gpuanalytics.processor.rollup;

import java.util.Arrays;

/** Counts per bin of a histogram, of those bins alone that have been counted in, by their order. */
final class BinCounts {

    private static final int FIRST_SLOTS = 8;

    private int[] bins = new int[FIRST_SLOTS];
    private long[] counts = new long[FIRST_SLOTS];
    private int size;

    /** Takes the count of a bin. */
    interface Consumer {
        void accept(int bin, long count);
    }

    void add(int bin, long by) {
        int found = Arrays.binarySearch(bins, 0, size, bin);
        if (found < 0) {
            found = -found - 1;
            makeRoom(found);
            bins[found] = bin;
        }
        counts[found] += by;
    }

    void clear() {
        size = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void forEach(Consumer consumer) {
        for (int i = 0; i < size; i++) {
            consumer.accept(bins[i], counts[i]);
        }
    }

    private void makeRoom(int at) {
        if (size == bins.length) {
            bins = Arrays.copyOf(bins, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
        }
        System.arraycopy(bins, at, bins, at + 1, size - at);
        System.arraycopy(counts, at, counts, at + 1, size - at);
        counts[at] = 0;
        size++;
    }
}
