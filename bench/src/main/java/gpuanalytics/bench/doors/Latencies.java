package gpuanalytics.bench.doors;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * How long calls took: acknowledged ones from the time at which they were to start, those of them
 * that were sent more than once, and single attempts that were told to come again or refused.
 */
final class Latencies {

    private static final long LONGEST_MICROS = Duration.ofHours(1).toNanos() / 1000;
    private static final int DIGITS = 3;

    private final ConcurrentHistogram accepted = histogram();
    private final ConcurrentHistogram retried = histogram();
    private final ConcurrentHistogram refused = histogram();
    private final long untimed;
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile long timedSince;

    /**
     * Of a load that has not begun.
     *
     * @param untimed so many are acknowledged before any time is noted, so that all run warm
     */
    Latencies(long untimed) {
        this.untimed = untimed;
    }

    private static ConcurrentHistogram histogram() {
        return new ConcurrentHistogram(LONGEST_MICROS, DIGITS);
    }

    /** The load begins now. */
    void begin() {
        timedSince = System.nanoTime();
    }

    /** Notes that a call was acknowledged now. */
    void accepted(long intendedNanos, boolean isRetried) {
        long number = acknowledged.incrementAndGet();
        if (number == untimed) {
            timedSince = System.nanoTime();
        }
        if (number <= untimed) {
            return;
        }
        record(accepted, intendedNanos);
        if (isRetried) {
            record(retried, intendedNanos);
        }
    }

    /** Notes that an attempt came to nothing now. */
    void refused(long sentNanos) {
        if (acknowledged.get() >= untimed) {
            record(refused, sentNanos);
        }
    }

    private static void record(ConcurrentHistogram into, long sinceNanos) {
        into.recordValue(Math.min((System.nanoTime() - sinceNanos) / 1000, LONGEST_MICROS));
    }

    /** How many calls are acknowledged. */
    long acceptedCalls() {
        return acknowledged.get();
    }

    /** How many of them are timed. */
    long timedCalls() {
        return accepted.getTotalCount();
    }

    /** Since when they are. */
    Duration timed() {
        return Duration.ofNanos(System.nanoTime() - timedSince);
    }

    /** How many of them were sent more than once. */
    long retriedCalls() {
        return retried.getTotalCount();
    }

    /** That part of the acknowledged calls, in percent, took no longer than this, in ms. */
    double acceptedMillis(double percentile) {
        return accepted.getValueAtPercentile(percentile) / 1000.0;
    }

    /** A line for each kind. */
    String table() {
        return "%-26s %12s %10s %10s %10s %10s %10s%n"
                        .formatted("ms", "number", "p50", "p90", "p99", "p99.9", "max")
                + row("accepted", accepted)
                + row("  sent more than once", retried)
                + row("refused or no answer", refused);
    }

    private static String row(String name, ConcurrentHistogram histogram) {
        return "%-26s %,12d %10.1f %10.1f %10.1f %10.1f %10.1f%n"
                .formatted(
                        name,
                        histogram.getTotalCount(),
                        histogram.getValueAtPercentile(50) / 1000.0,
                        histogram.getValueAtPercentile(90) / 1000.0,
                        histogram.getValueAtPercentile(99) / 1000.0,
                        histogram.getValueAtPercentile(99.9) / 1000.0,
                        histogram.getMaxValue() / 1000.0);
    }
}
