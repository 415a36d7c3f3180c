package gpuanalytics.embedded.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition, with a limit. */
public final class Waiting {

    private static final long SHORTEST_NANOS = 20_000_000;
    private static final long LONGEST_NANOS = 500_000_000;

    /** Who asks a costly question again and again takes the time of what it waits for. */
    private static final int PAUSE_PER_QUESTION = 3;

    /** A condition that may fail with any exception. */
    public interface Condition {
        boolean holds() throws Exception;
    }

    private Waiting() {}

    /**
     * Returns once the condition holds.
     *
     * @throws AssertionError when it does not hold within the limit, naming what was waited for
     */
    public static void until(String what, Duration limit, Condition condition) throws Exception {
        until(() -> what, limit, condition);
    }

    /** The same where what was waited for says how far it had come. */
    public static void until(Supplier<String> what, Duration limit, Condition condition)
            throws Exception {
        var deadline = System.nanoTime() + limit.toNanos();
        for (var asked = System.nanoTime(); !condition.holds(); asked = System.nanoTime()) {
            var now = System.nanoTime();
            if (now > deadline) {
                throw new AssertionError("waited " + limit + " in vain for " + what.get());
            }
            LockSupport.parkNanos(
                    Math.clamp(PAUSE_PER_QUESTION * (now - asked), SHORTEST_NANOS, LONGEST_NANOS));
        }
    }
}
