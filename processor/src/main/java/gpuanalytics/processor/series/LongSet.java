package gpuanalytics.processor.series;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongPredicate;

/**
 * A set of hashes that only grows, in 16 bytes each. Any thread may ask, without a lock, and add; a
 * hash that is being added may not be seen yet.
 */
final class LongSet {

    private static final long EMPTY = 0;
    private static final int FIRST_SLOTS = 64;

    private volatile AtomicLongArray slots = new AtomicLongArray(FIRST_SLOTS);
    private int size;

    boolean contains(long value) {
        var current = slots;
        return current.get(slotOf(current, value)) != EMPTY;
    }

    synchronized int size() {
        return size;
    }

    void add(long value) {
        addBelow(Integer.MAX_VALUE, value);
    }

    /**
     * Adds a hash unless the set has so many already.
     *
     * @return whether it is there now
     */
    synchronized boolean addBelow(int limit, long value) {
        var current = slots;
        var slot = slotOf(current, value);
        if (current.get(slot) != EMPTY) {
            return true;
        }
        if (size >= limit) {
            return false;
        }
        current.set(slot, nonEmpty(value));
        size++;
        if (size * 2 > current.length()) {
            slots = grown(current);
        }
        return true;
    }

    /** Those hashes that a condition takes. */
    synchronized LongSet only(LongPredicate condition) {
        var some = new LongSet();
        var current = slots;
        for (int i = 0; i < current.length(); i++) {
            var value = current.get(i);
            if (value != EMPTY && condition.test(value)) {
                some.add(value);
            }
        }
        return some;
    }

    private static AtomicLongArray grown(AtomicLongArray old) {
        var larger = new AtomicLongArray(old.length() * 2);
        for (int i = 0; i < old.length(); i++) {
            var value = old.get(i);
            if (value != EMPTY) {
                larger.set(slotOf(larger, value), value);
            }
        }
        return larger;
    }

    private static int slotOf(AtomicLongArray slots, long value) {
        var wanted = nonEmpty(value);
        var last = slots.length() - 1;
        var slot = (int) wanted & last;
        for (var found = slots.get(slot);
                found != EMPTY && found != wanted;
                found = slots.get(slot)) {
            slot = (slot + 1) & last;
        }
        return slot;
    }

    private static long nonEmpty(long value) {
        return value == EMPTY ? 1 : value;
    }
}
