package gpuanalytics.processor.rollup;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.Role.Merging;
import gpuanalytics.processor.rollup.Effect.Amount;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bson.BsonArray;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Rows folded into one pending update per partition and rollup document, and the latest sample of
 * each GPU. Rows of a partition come in offset order. For one thread.
 */
final class Gathered {

    /** About what a row takes on the heap, what each update that it begins, and what its sums. */
    private static final long ROW_BYTES = EventValues.BYTES + 40L;

    private static final long UPDATE_BYTES = 300;
    private static final long SUMS_BYTES = 1200;

    private static final long METER_BYTES = 200;

    private record Place(RollupKey key, String source) {}

    /**
     * The latest sample of a GPU: another takes its place whenever a later one comes. It has a copy
     * of the document, made once for all rows that come together: theirs are let go after that.
     */
    static final class Latest {

        private EventValues values;
        private int word;
        private byte[] document = {};
        private int length;

        /** Whose document is to be copied. */
        private @Nullable CountedRow later;

        private Latest(CountedRow first) {
            this.values = first.values();
            this.word = word(first);
            this.later = first;
        }

        EventValues values() {
            return values;
        }

        /** How many words came before that say something of this very sample. */
        int word() {
            return word;
        }

        RawBsonDocument document() {
            return new RawBsonDocument(document, 0, length);
        }

        /** Whether the row is the first of these that is later. */
        private boolean isMovedBy(CountedRow other) {
            long at = values.epochNanos();
            long after = other.values().epochNanos();
            if (after < at || (at == after && word(other) <= word)) {
                return false;
            }
            boolean isFirst = later == null;
            later = other;
            values = other.values();
            word = word(other);
            return isFirst;
        }

        private void copyDocument() {
            var row = later;
            if (row != null) {
                length = row.documentBytes();
                document = document.length < length ? new byte[length] : document;
                row.copyDocument(document);
                later = null;
            }
        }

        private static int word(CountedRow row) {
            return row.role() instanceof Merging merging ? merging.word() : 0;
        }
    }

    /** Where rows of one series and partition went to last. */
    private static final class Recent {
        private final SeriesRank rank;
        private @Nullable Latest latest;
        private @Nullable PendingUpdate minute;
        private @Nullable PendingUpdate hour;

        Recent(SeriesRank rank) {
            this.rank = rank;
        }

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

    private final RollupMath math;
    private final Map<Place, PendingUpdate> updates = new LinkedHashMap<>();
    private final Map<String, Map<String, Recent>> recent = new HashMap<>();
    private final List<SeriesRank> ranks = new ArrayList<>();

    // sorted: processors that update the same documents do so in one order
    private final TreeMap<String, Latest> latest = new TreeMap<>();
    private final List<Latest> moved = new ArrayList<>();
    private final TreeMap<String, MeterState> meters = new TreeMap<>();
    private final Map<RollupKey, Set<String>> pods = new LinkedHashMap<>();
    private long bytes;

    Gathered(RollupMath math) {
        this.math = math;
    }

    static Gathered of(List<CountedRow> rows, RollupMath math) {
        return of(new CountedBatch(rows, Map.of()), math);
    }

    static Gathered of(CountedBatch batch, RollupMath math) {
        var gathered = new Gathered(math);
        gathered.addAll(batch);
        return gathered;
    }

    /** Takes up what counts of a batch, whose rows are let go after that. */
    void addAll(CountedBatch batch) {
        addAll(batch.rows());
        batch.meters()
                .forEach(
                        (series, state) ->
                                bytes += meters.put(series, state) == null ? METER_BYTES : 0);
    }

    private void addAll(List<CountedRow> rows) {
        @Nullable String source = null;
        Map<String, Recent> ofSource = Map.of();
        for (var row : rows) {
            if (!row.source().equals(source)) {
                source = row.source();
                ofSource = recent.computeIfAbsent(source, _ -> new HashMap<>());
            }
            add(row, ofSource);
        }
        moved.forEach(Latest::copyDocument);
        moved.clear();
    }

    boolean isEmpty() {
        return updates.isEmpty();
    }

    /** About what it takes on the heap. */
    long bytes() {
        return bytes;
    }

    /** Makes {@link PendingUpdate#order} that of all updates so far. */
    void rankSeries() {
        SeriesRank.order(ranks);
    }

    Collection<PendingUpdate> updates() {
        return updates.values();
    }

    /** The pods that share the GPU of a rollup, where there are some. */
    Map<RollupKey, Set<String>> pods() {
        return pods;
    }

    /** The latest sample of each GPU and MIG instance, by its series. */
    Map<String, Latest> latest() {
        return latest;
    }

    /** How far the counters of GPUs and MIG instances are read, by their series. */
    Map<String, MeterState> meters() {
        return meters;
    }

    private Recent recent(Map<String, Recent> ofSource, String series) {
        return ofSource.computeIfAbsent(
                series,
                name -> {
                    var rank = new SeriesRank(name);
                    ranks.add(rank);
                    return new Recent(rank);
                });
    }

    private void add(CountedRow row, Map<String, Recent> ofSource) {
        var last = recent(ofSource, row.series());
        bytes += ROW_BYTES;
        if (row.isPlain()) {
            var entry =
                    new PendingUpdate.Entry(row.offset(), row.item(), row.values(), Amount.WHOLE);
            for (var granularity : GRANULARITIES) {
                var update = updateOf(row, granularity, last);
                update.add(entry);
                bytes += update.fold(math) ? SUMS_BYTES : 0;
            }
        } else {
            addEffects(row, ofSource);
        }
        // A surplus GPU is not kept by itself, here neither.
        if (row.values().topic() == EventTopic.GPU_METRICS && row.overflow() == Overflow.NONE) {
            keepLatest(row, last);
        }
    }

    /** Several effects of a row may meet in one document, which then takes them together. */
    private void addEffects(CountedRow row, Map<String, Recent> ofSource) {
        var entries = new LinkedHashMap<PendingUpdate, List<PendingUpdate.Entry>>();
        for (var effect : row.effects()) {
            bytes += ROW_BYTES;
            var entry =
                    new PendingUpdate.Entry(
                            row.offset(), row.item(), effect.values(), effect.amount());
            for (var granularity : GRANULARITIES) {
                var rank = recent(ofSource, effect.series()).rank;
                var update = find(effect, row.source(), granularity, rank);
                entries.computeIfAbsent(update, _ -> new ArrayList<>(2)).add(entry);
            }
        }
        entries.forEach(PendingUpdate::addAll);
        if (row.role() instanceof Merging && row.overflow() == Overflow.NONE) {
            addPods(row, entries.keySet());
        }
    }

    private void addPods(CountedRow row, Set<PendingUpdate> places) {
        if (row.document().get(StoreLayout.PODS) instanceof BsonArray names) {
            for (var update : places) {
                var known = pods.computeIfAbsent(update.key(), _ -> new LinkedHashSet<>());
                names.forEach(name -> known.add(name.asString().getValue()));
            }
        }
    }

    private PendingUpdate updateOf(CountedRow row, Granularity granularity, Recent last) {
        var bucket = granularity.bucketOf(row.values().epochSecond());
        var found = last.get(granularity);
        if (found == null || found.key().bucket() != bucket) {
            var whole = new Effect(row.values(), row.overflow(), Amount.WHOLE);
            found = find(whole, row.source(), granularity, last.rank);
            last.set(granularity, found);
        }
        return found;
    }

    private PendingUpdate find(
            Effect effect, String source, Granularity granularity, SeriesRank rank) {
        var labels = effect.values().labels();
        var kind = RollupKind.of(labels.topic());
        var key = new RollupKey(kind, granularity, effect.bucket(granularity), effect.series());
        return updates.computeIfAbsent(
                new Place(key, source),
                _ -> {
                    bytes += UPDATE_BYTES;
                    return new PendingUpdate(key, rank, source, labels, effect.overflow());
                });
    }

    private void keepLatest(CountedRow row, Recent last) {
        var known = last.latest;
        if (known == null) {
            known = latest.computeIfAbsent(row.series(), _ -> first(row));
            last.latest = known;
        }
        if (known.isMovedBy(row)) {
            moved.add(known);
        }
    }

    private Latest first(CountedRow row) {
        bytes += row.documentBytes(); // and those that take its place are about as long
        var made = new Latest(row);
        moved.add(made);
        return made;
    }
}
