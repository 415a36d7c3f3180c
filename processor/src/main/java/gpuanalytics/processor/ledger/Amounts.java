package gpuanalytics.processor.ledger;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Sums of amounts; one that nothing was added to is absent, not zero. For one thread. */
final class Amounts {

    private static final Amount[] ALL = Amount.values();

    private final long[] sums = new long[ALL.length];

    /** A bit for each amount that is there. */
    private long present;

    /** Takes an amount. */
    interface Consumer {
        void accept(Amount amount, long sum);
    }

    Amounts add(Amount amount, long by) {
        sums[amount.index()] = Math.addExact(sums[amount.index()], by);
        present |= 1L << amount.index();
        return this;
    }

    /** Adds what may be absent. */
    Amounts add(Amount amount, @Nullable Long by) {
        return by == null ? this : add(amount, by.longValue());
    }

    Amounts add(Amounts others) {
        for (long left = others.present; left != 0; left &= left - 1) {
            int i = Long.numberOfTrailingZeros(left);
            sums[i] = Math.addExact(sums[i], others.sums[i]);
        }
        present |= others.present;
        return this;
    }

    boolean has(Amount amount) {
        return (present & 1L << amount.index()) != 0;
    }

    /** A sum; 0 where it is absent. */
    long get(Amount amount) {
        return sums[amount.index()];
    }

    /** A sum; null where it is absent. */
    @Nullable Long find(Amount amount) {
        return has(amount) ? sums[amount.index()] : null;
    }

    void forEach(Consumer consumer) {
        for (long left = present; left != 0; left &= left - 1) {
            int i = Long.numberOfTrailingZeros(left);
            consumer.accept(ALL[i], sums[i]);
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
