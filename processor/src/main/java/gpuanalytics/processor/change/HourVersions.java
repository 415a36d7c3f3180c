package gpuanalytics.processor.change;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.bson.Document;

/** How often hours have been marked as changed: a number that only grows. For one thread. */
public final class HourVersions {

    private static final long HOUR_S = 3600;

    private record Place(EventTopic kind, long hour) {}

    private final Map<Place, Long> changes = new HashMap<>();

    /** Takes in a document of {@link StoreLayout#CHANGED_HOURS}. */
    public void add(Document marked) {
        var place =
                new Place(
                        ChangedHours.kind(marked.getString(ChangedHours.KIND)),
                        marked.getDate(StoreLayout.HOUR).toInstant().getEpochSecond());
        var count = marked.get(ChangedHours.CHANGES);
        changes.put(place, count instanceof Number number ? number.longValue() : 0L);
    }

    /** The hours of a time that have been marked. */
    public SortedSet<Instant> hours(Instant from, Instant to) {
        var hours = new TreeSet<Instant>();
        changes.keySet().forEach(place -> hours.add(Instant.ofEpochSecond(place.hour)));
        return hours.subSet(from, to);
    }

    /** Of an hour itself; 0 for one that nothing is known of. */
    public long of(Instant hour) {
        return get(EventTopic.GPU_METRICS, hour, 0) + get(EventTopic.TOKEN_USAGE, hour, 0);
    }

    /** Of an hour and of its neighbours, as far as they say something of it. */
    public long withNeighbours(Instant hour) {
        return of(hour)
                + get(EventTopic.GPU_METRICS, hour, -1)
                + get(EventTopic.GPU_METRICS, hour, 1)
                + get(EventTopic.TOKEN_USAGE, hour, 1);
    }

    private long get(EventTopic kind, Instant hour, int later) {
        return changes.getOrDefault(new Place(kind, hour.getEpochSecond() + later * HOUR_S), 0L);
    }
}
