package gpuanalytics.processor.query;

import java.time.Instant;

/**
 * What an answer covers, which may be more than what was asked for.
 *
 * @param window the time that is summed up, and from which rollups
 * @param complete whether nothing of it can have expired
 * @param keptSince what was stored before this time, and not changed since, has expired
 */
public record Coverage(QueryWindow window, boolean complete, Instant keptSince) {}
