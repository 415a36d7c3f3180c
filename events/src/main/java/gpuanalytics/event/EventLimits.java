package gpuanalytics.event;

import java.time.Duration;
import java.time.Instant;

/**
 * What an event may be at most, beyond the ranges of its fields.
 *
 * <p>Age and lead are measured from when the event was written down: the time of its record in its
 * topic. That time never changes, so whoever reads the record, and however often, judges the same;
 * a reader's clock would judge a second reading differently.
 *
 * @param maxAge how far {@code ts} may lie before that time
 * @param maxLead how far {@code ts} may lie after it
 * @param maxBytes the largest record
 * @param maxItems the most events of a record
 */
public record EventLimits(Duration maxAge, Duration maxLead, int maxBytes, int maxItems) {

    /** Ten years: the public traces that the replay source reads are years old. */
    public static final Duration DEFAULT_MAX_AGE = Duration.ofDays(3660);

    public static final Duration DEFAULT_MAX_LEAD = Duration.ofMinutes(5);

    /** Kafka's own default for a record. */
    public static final int DEFAULT_MAX_BYTES = 1 << 20;

    public static final int DEFAULT_MAX_ITEMS = 1000;

    /** The most that age and lead may be: fields allow no time outside 1970 to 2262 anyway. */
    private static final Duration LONGEST = Duration.ofDays(366_000);

    public EventLimits {
        requireSpan("maxAge", maxAge);
        requireSpan("maxLead", maxLead);
        if (maxBytes < 1) {
            throw new IllegalArgumentException(
                    "maxBytes is %d, expected at least 1".formatted(maxBytes));
        }
        if (maxItems < 1) {
            throw new IllegalArgumentException(
                    "maxItems is %d, expected at least 1".formatted(maxItems));
        }
    }

    /** Limits with so many events of a record as are the default. */
    public EventLimits(Duration maxAge, Duration maxLead, int maxBytes) {
        this(maxAge, maxLead, maxBytes, DEFAULT_MAX_ITEMS);
    }

    public static EventLimits defaults() {
        return new EventLimits(DEFAULT_MAX_AGE, DEFAULT_MAX_LEAD, DEFAULT_MAX_BYTES);
    }

    /** The earliest {@code ts} accepted of an event written down then. */
    public Instant oldest(Instant written) {
        return written.minus(maxAge);
    }

    /** The latest {@code ts} accepted of an event written down then. */
    public Instant newest(Instant written) {
        return written.plus(maxLead);
    }

    private static void requireSpan(String name, Duration span) {
        if (span.isNegative() || span.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s is %s, expected 0 to %s".formatted(name, span, LONGEST));
        }
    }
}
