package gpuanalytics.service.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts: each is twice as long as the one before, up to a longest one. Half of a
 * pause is random, so that many clients do not come back in step.
 *
 * @param first the pause after the first attempt
 * @param longest the longest pause
 */
public record Backoff(Duration first, Duration longest) {

    private static final int MOST_DOUBLINGS = 30;

    public Backoff {
        if (!first.isPositive() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "pauses are %s to %s, expected above zero and not the longer one first"
                            .formatted(first, longest));
        }
    }

    /** The pause after an attempt, the first of which is 1. */
    public Duration pauseAfter(int attempt, RandomGenerator random) {
        long whole = wholeNanos(attempt);
        return Duration.ofNanos(whole / 2 + random.nextLong(whole - whole / 2 + 1));
    }

    private long wholeNanos(int attempt) {
        int doublings = Math.clamp(attempt - 1L, 0, MOST_DOUBLINGS);
        var doubled = first.multipliedBy(1L << doublings);
        return (doubled.compareTo(longest) < 0 ? doubled : longest).toNanos();
    }
}
