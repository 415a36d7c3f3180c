package gpuanalytics.processor.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the idle time of a GPU or MIG instance was for, from its last minute to its first. It is
 * busy from one in a hundred on; where nothing says how busy it was, its idle time is of no kind.
 */
final class IdleTime {

    private static final long BUSY_MILLIONTHS = 10_000;

    /** Memory counts as in use from one in twenty on, or from a GiB where its size is not known. */
    private static final double HELD_SHARE = 0.05;

    private static final long HELD_BYTES = 1L << 30;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final double MAX_RISE_S = 60;

    /** Idle time since it last worked, of the minutes so far, by the entry it is in. */
    private final List<Idle> idleAfter = new ArrayList<>();

    private record Idle(Amounts entry, long us) {}

    private @Nullable Instant later;
    private double laterThrottledFrom = Double.NaN;

    void add(Instant minute, Board.Part part, long unclaimedUs, Amounts owned) {
        var sums = part.row().sums();
        var busy = part.minute().busyMillionths();
        var isBusy = busy != null && busy >= BUSY_MILLIONTHS;
        var works = isBusy || unclaimedUs < part.minute().coveredUs();
        if (isBusy && unclaimedUs > 0) {
            owned.add(Amount.BUSY_UNCLAIMED_US, unclaimedUs);
        }
        long quietUs = busy == null || works ? 0 : unclaimedUs;
        if (quietUs > 0 && part.row().labels().held()) {
            owned.add(Amount.HELD_IDLE_US, quietUs);
        }
        if (quietUs > 0 && holdsMemory(sums)) {
            owned.add(Amount.MEMORY_HELD_US, quietUs);
        }
        addThrottled(minute, part, works, owned);
        addAfterXid(sums.xidErrors() > 0, works, quietUs, owned);
    }

    private static boolean holdsMemory(GpuRow.Sums sums) {
        var used = sums.memoryUsed().value();
        var total = sums.memoryTotal().value();
        if (used == null) {
            return false;
        }
        return total == null ? used >= HELD_BYTES : used >= total * HELD_SHARE;
    }

    /** The counter's rise in the minute, and up to the next one. */
    private void addThrottled(Instant minute, Board.Part part, boolean works, Amounts owned) {
        var sums = part.row().sums();
        double risen = plausible(sums.throttledTo() - sums.throttledFrom());
        if (minute.plus(MINUTE).equals(later)) {
            risen += plausible(laterThrottledFrom - sums.throttledTo());
        }
        later = minute;
        laterThrottledFrom = sums.throttledFrom();
        long us = Math.min(Math.round(risen * 1e6), part.minute().coveredUs());
        if (works && us > 0) {
            owned.add(Amount.THROTTLED_US, us);
        }
    }

    /** It may have begun again, or there is none: then nothing is told. */
    private static double plausible(double riseS) {
        return riseS > 0 && riseS <= MAX_RISE_S ? riseS : 0;
    }

    private void addAfterXid(boolean hasError, boolean works, long quietUs, Amounts owned) {
        if (works) {
            // what was idle after it is lost where the error came in this minute
            if (hasError) {
                loseIdleTime();
            }
            idleAfter.clear();
            return;
        }
        if (quietUs > 0) {
            idleAfter.add(new Idle(owned, quietUs));
        }
        if (hasError) {
            loseIdleTime();
            idleAfter.clear();
        }
    }

    private void loseIdleTime() {
        idleAfter.forEach(idle -> idle.entry.add(Amount.XID_IDLE_US, idle.us));
    }
}
