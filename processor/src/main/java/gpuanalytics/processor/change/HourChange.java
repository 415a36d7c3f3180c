package gpuanalytics.processor.change;

import gpuanalytics.event.EventTopic;
import java.util.Map;

/**
 * What a round of rollups did to one hour.
 *
 * @param kind whose rollups
 * @param hour the start of the hour, in seconds since 1970
 * @param done for each source, by the name of its watermarks, the offset up to which all of its
 *     rows of this hour are rolled up
 */
public record HourChange(EventTopic kind, long hour, Map<String, Long> done) {

    public HourChange {
        done = Map.copyOf(done);
    }

    /** The name of the hour in the store. */
    String id() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + "|" + hour;
    }
}
