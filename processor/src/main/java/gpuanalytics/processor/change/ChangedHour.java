package gpuanalytics.processor.change;

import gpuanalytics.event.EventTopic;
import java.util.Map;

/**
 * An hour that somebody has claimed to work on.
 *
 * @param purpose what for
 * @param kind whose rollups changed
 * @param hour the start of the hour, in seconds since 1970
 * @param changes how often it had been marked when it was claimed
 * @param done for each source, the offset up to which all of its rows of this hour were rolled up
 *     when it was claimed
 */
public record ChangedHour(
        Purpose purpose, EventTopic kind, long hour, long changes, Map<String, Long> done) {

    public ChangedHour {
        done = Map.copyOf(done);
    }

    /** The offset up to which a source's rows are surely rolled up; -1 where none is. */
    public long doneUpTo(String source) {
        return done.getOrDefault(source, -1L);
    }
}
