package gpuanalytics.processor.ledger;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Sums of amounts; one that nothing was added to is absent, not zero. For one thread. */
final class Amounts {

    private static final Amount[] ALL = Amount.values();

    private static final long[] NONE = {};

    /** Those that are there, in their order: an hour may have hundreds of thousands of entries. */
    private long[] sums = NONE;

    /** A bit for each amount that is there. */
    private long present;

    Amounts() {}

    /**
     * Amounts that are known.
     *
     * @param present a bit for each that is there
     * @param sums of these, in their order; not copied
     */
    Amounts(long present, long[] sums) {
        this.present = present;
        this.sums = sums;
    }

    /** Where an amount lies among those that are there. */
    static int place(long present, Amount amount) {
        return Long.bitCount(present & (amount.bit() - 1));
    }

    /** Takes an amount. */
    interface Consumer {
        void accept(Amount amount, long sum);
    }

    Amounts add(Amount amount, long by) {
        long bit = amount.bit();
        if ((present & bit) == 0) {
            insert(bit);
        }
        int place = place(bit);
        sums[place] = Math.addExact(sums[place], by);
        return this;
    }

    /** Adds what may be absent. */
    Amounts add(Amount amount, @Nullable Long by) {
        return by == null ? this : add(amount, by.longValue());
    }

    Amounts add(Amounts others) {
        if (present == 0) {
            sums = others.sums.clone();
            present = others.present;
            return this;
        }
        if (others.present == present) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] = Math.addExact(sums[i], others.sums[i]);
            }
            return this;
        }
        others.forEach(this::add);
        return this;
    }

    private int place(long bit) {
        return Long.bitCount(present & (bit - 1));
    }

    private void insert(long bit) {
        int place = place(bit);
        var more = new long[sums.length + 1];
        System.arraycopy(sums, 0, more, 0, place);
        System.arraycopy(sums, place, more, place + 1, sums.length - place);
        sums = more;
        present |= bit;
    }

    boolean has(Amount amount) {
        return (present & amount.bit()) != 0;
    }

    /** A sum; 0 where it is absent. */
    long get(Amount amount) {
        return has(amount) ? sums[place(amount.bit())] : 0;
    }

    /** A sum; null where it is absent. */
    @Nullable Long find(Amount amount) {
        return has(amount) ? Long.valueOf(get(amount)) : null;
    }

    void forEach(Consumer consumer) {
        int place = 0;
        for (long left = present; left != 0; left &= left - 1) {
            consumer.accept(ALL[Long.numberOfTrailingZeros(left)], sums[place++]);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Amounts amounts
                && present == amounts.present
                && Arrays.equals(sums, amounts.sums);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sums);
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        forEach((amount, sum) -> text.append(amount.field()).append('=').append(sum).append(' '));
        return text.toString().strip();
    }
}
