package gpuanalytics.event;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * What an event may be at most, beyond the ranges of its fields.
 *
 * @param clock tells now
 * @param maxAge how far {@code ts} may lie in the past
 * @param maxLead how far {@code ts} may lie in the future
 * @param maxBytes the largest record
 */
public record EventLimits(Clock clock, Duration maxAge, Duration maxLead, int maxBytes) {

    /** Ten years: the public traces that the replay source reads are years old. */
    public static final Duration DEFAULT_MAX_AGE = Duration.ofDays(3660);

    public static final Duration DEFAULT_MAX_LEAD = Duration.ofMinutes(5);

    /** Kafka's own default for a record. */
    public static final int DEFAULT_MAX_BYTES = 1 << 20;

    public static EventLimits defaults() {
        return new EventLimits(
                Clock.systemUTC(), DEFAULT_MAX_AGE, DEFAULT_MAX_LEAD, DEFAULT_MAX_BYTES);
    }

    Instant oldest() {
        return clock.instant().minus(maxAge);
    }

    Instant newest() {
        return clock.instant().plus(maxLead);
    }
}
