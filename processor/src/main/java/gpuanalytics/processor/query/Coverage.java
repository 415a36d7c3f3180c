package gpuanalytics.processor.query;

import java.time.Instant;

/**
 * What an answer covers, which may be more than what was asked for.
 *
 * @param window the time that is summed up
 * @param exact whether that is what was asked for, to the minute; false where minutes have expired
 *     and whole hours answer
 * @param complete whether nothing of it can have expired
 * @param keptSince what was stored before this time, and not changed since, has expired
 */
public record Coverage(QueryWindow window, boolean exact, boolean complete, Instant keptSince) {

    /** What was asked for. */
    public Coverage(QueryWindow window, boolean complete, Instant keptSince) {
        this(window, true, complete, keptSince);
    }
}
