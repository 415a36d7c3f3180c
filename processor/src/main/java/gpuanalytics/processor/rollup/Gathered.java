package gpuanalytics.processor.rollup;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Rows folded into one pending update per partition and rollup document, and the latest sample of
 * each GPU. Rows of a partition come in offset order. For one thread.
 */
final class Gathered {

    /** About what a row takes on the heap, and what each update that it begins. */
    private static final long ROW_BYTES = EventValues.BYTES + 40L;

    private static final long UPDATE_BYTES = 480;

    private record Place(RollupKey key, String source) {}

    /** The latest sample of a GPU and its raw document. */
    record Latest(EventValues values, RawBsonDocument document) {}

    /** The updates that rows of one series and partition went to last. */
    private static final class Recent {
        private @Nullable PendingUpdate minute;
        private @Nullable PendingUpdate hour;

        @Nullable PendingUpdate get(Granularity granularity) {
            return switch (granularity) {
                case MINUTE -> minute;
                case HOUR -> hour;
            };
        }

        void set(Granularity granularity, PendingUpdate update) {
            switch (granularity) {
                case MINUTE -> minute = update;
                case HOUR -> hour = update;
            }
        }
    }

    private static final Granularity[] GRANULARITIES = Granularity.values();

    private final Map<Place, PendingUpdate> updates = new LinkedHashMap<>();
    private final Map<String, Map<String, Recent>> recent = new HashMap<>();

    // sorted: processors that update the same documents do so in one order
    private final TreeMap<String, Latest> latest = new TreeMap<>();
    private long bytes;

    static Gathered of(List<CountedRow> rows) {
        var gathered = new Gathered();
        gathered.addAll(rows);
        return gathered;
    }

    void addAll(List<CountedRow> rows) {
        @Nullable String source = null;
        Map<String, Recent> ofSource = Map.of();
        for (var row : rows) {
            if (!row.source().equals(source)) {
                source = row.source();
                ofSource = recent.computeIfAbsent(source, _ -> new HashMap<>());
            }
            add(row, ofSource.computeIfAbsent(row.series(), _ -> new Recent()));
        }
    }

    boolean isEmpty() {
        return updates.isEmpty();
    }

    /** About what it takes on the heap. */
    long bytes() {
        return bytes;
    }

    Collection<PendingUpdate> updates() {
        return updates.values();
    }

    /** The latest sample of each GPU and MIG instance, by its series. */
    Map<String, Latest> latest() {
        return latest;
    }

    private void add(CountedRow row, Recent last) {
        var entry = new PendingUpdate.Entry(row.offset(), row.values());
        bytes += ROW_BYTES;
        for (var granularity : GRANULARITIES) {
            updateOf(row, granularity, last).add(entry);
        }
        // A surplus GPU is not kept by itself, here neither.
        if (row.values().topic() == EventTopic.GPU_METRICS && row.overflow() == Overflow.NONE) {
            keepLatest(row);
        }
    }

    private PendingUpdate updateOf(CountedRow row, Granularity granularity, Recent last) {
        var bucket = granularity.bucketOf(row.values().epochSecond());
        var found = last.get(granularity);
        if (found == null || found.key().bucket() != bucket) {
            found = find(row, granularity, bucket);
            last.set(granularity, found);
        }
        return found;
    }

    private PendingUpdate find(CountedRow row, Granularity granularity, long bucket) {
        var kind = RollupKind.of(row.values().topic());
        var key = new RollupKey(kind, granularity, bucket, row.series());
        return updates.computeIfAbsent(
                new Place(key, row.source()),
                _ -> {
                    bytes += UPDATE_BYTES;
                    return new PendingUpdate(key, row);
                });
    }

    private void keepLatest(CountedRow row) {
        var values = row.values();
        var found = latest.get(row.series());
        if (found == null || values.epochNanos() > found.values.epochNanos()) {
            bytes += size(row.document()) - (found == null ? 0 : size(found.document));
            latest.put(row.series(), new Latest(values, row.document()));
        }
    }

    private static long size(RawBsonDocument document) {
        return document.getByteBuffer().remaining();
    }
}
