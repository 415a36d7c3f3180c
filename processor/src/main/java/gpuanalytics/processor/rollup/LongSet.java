package gpuanalytics.processor.rollup;

import java.util.Arrays;

/** A set of hashes in 16 bytes each; for one thread. */
final class LongSet {

    private static final long EMPTY = 0;

    private long[] slots = new long[64];
    private int size;

    boolean contains(long value) {
        return slots[slotOf(value)] != EMPTY;
    }

    void add(long value) {
        var slot = slotOf(value);
        if (slots[slot] != EMPTY) {
            return;
        }
        slots[slot] = nonEmpty(value);
        size++;
        if (size * 2 > slots.length) {
            grow();
        }
    }

    int size() {
        return size;
    }

    private int slotOf(long value) {
        var wanted = nonEmpty(value);
        var slot = (int) wanted & (slots.length - 1);
        while (slots[slot] != EMPTY && slots[slot] != wanted) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private void grow() {
        var old = slots;
        slots = new long[old.length * 2];
        size = 0;
        Arrays.stream(old).filter(value -> value != EMPTY).forEach(this::add);
    }

    private static long nonEmpty(long value) {
        return value == EMPTY ? 1 : value;
    }
}
