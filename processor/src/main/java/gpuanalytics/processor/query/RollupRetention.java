package gpuanalytics.processor.query;

import java.time.Duration;

/**
 * How long rollups are kept. They expire by when they last changed, not by their own time: those of
 * a trace that is years old are kept as long as all others.
 *
 * @param minutes how long minute rollups are kept
 * @param hours how long hour rollups are kept
 * @param maxLead how far in the future an event's time may lie when it comes in
 */
public record RollupRetention(Duration minutes, Duration hours, Duration maxLead) {

    /** How far apart the clocks of senders, processors and store may be. */
    private static final Duration CLOCKS = Duration.ofHours(1);

    Duration of(Duration bucket) {
        return bucket.equals(QueryWindow.HOUR) ? hours : minutes;
    }

    /**
     * How much earlier than the start of its bucket a rollup may have changed for the last time, as
     * far as can be told: its events' own time may be ahead of the clock that it was stored by.
     */
    Duration margin() {
        return maxLead.plus(CLOCKS);
    }
}
