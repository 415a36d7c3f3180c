package gpuanalytics.producer.source.replay.table;

import gpuanalytics.event.EventLimits;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Which times of rows the processor will take, which judges an event by when it is published. What
 * it would put aside is better said where the file and the line are known.
 */
public final class AgeLimits {

    private final EventLimits limits;
    private final Supplier<Instant> now;
    private final boolean checked;

    /**
     * @param checked false where events do not keep the times of their rows
     */
    public AgeLimits(EventLimits limits, Supplier<Instant> now, boolean checked) {
        this.limits = limits;
        this.now = now;
        this.checked = checked;
    }

    /** The time of a row, if an event may have it. */
    public Instant checked(Instant time) throws BadCell {
        if (!checked) {
            return time;
        }
        var present = now.get();
        if (time.isBefore(limits.oldest(present))) {
            throw new BadCell(
                    DropReason.TOO_OLD,
                    "the time %s is too old, expected at least %s: MAX_EVENT_AGE_DAYS (%d) decides"
                            .formatted(time, limits.oldest(present), limits.maxAge().toDays()));
        }
        if (time.isAfter(limits.newest(present))) {
            throw new BadCell(
                    DropReason.FROM_THE_FUTURE,
                    "the time %s is from the future, expected at most %s: MAX_EVENT_LEAD_S (%d)"
                                    .formatted(
                                            time,
                                            limits.newest(present),
                                            limits.maxLead().toSeconds())
                            + " decides");
        }
        return time;
    }
}
