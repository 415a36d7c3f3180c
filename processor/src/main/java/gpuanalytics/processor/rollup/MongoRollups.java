package gpuanalytics.processor.rollup;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import gpuanalytics.processor.change.HourChange;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.RawBsonDocument;

/**
 * Adds counted rows to the minute and hour rollups, each row once.
 *
 * <p>One thread calls {@link #apply}, with the rows of each partition in offset order: the guard
 * compares offsets, so an update that overtook another would make the other's rows look counted.
 */
public final class MongoRollups {

    private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
    private static final int MAX_UPDATES = 2000;
    private static final Comparator<Rollup> ONE_ORDER =
            Comparator.comparing(rollup -> rollup.key().id());

    private final MongoStore store;
    private final RollupMath math;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final LatestSamples latest;

    public MongoRollups(
            MongoStore store,
            RollupMath math,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock) {
        this.store = store;
        this.math = math;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
        this.latest = new LatestSamples(store, retry, metrics, clock);
    }

    /**
     * Returns when every row counts exactly once, however long that takes.
     *
     * @return the hours whose rollups may have changed
     * @throws InterruptedException when the processor gives up; any row may or may not count
     */
    public List<HourChange> apply(List<CountedRow> rows) throws InterruptedException {
        var folded = math.fold(rows);
        // Before rows that count already are taken out: they have reached their rollups too.
        var changes = changes(folded);
        var byCollection = new LinkedHashMap<String, List<Rollup>>();
        for (var rollup : folded) {
            byCollection
                    .computeIfAbsent(rollup.key().collection(), _ -> new ArrayList<>())
                    .add(rollup);
        }
        for (var entry : byCollection.entrySet()) {
            var rollups = entry.getValue();
            // Processors that update the same documents do so in one order, see MongoEventWriter.
            rollups.sort(ONE_ORDER);
            for (int from = 0; from < rollups.size(); from += MAX_UPDATES) {
                var to = Math.min(rollups.size(), from + MAX_UPDATES);
                applyAll(entry.getKey(), rollups.subList(from, to));
            }
        }
        latest.apply(rows);
        return changes;
    }

    private static List<HourChange> changes(Collection<Rollup> rollups) {
        var done = new HashMap<RollupKey, Map<String, Long>>();
        for (var rollup : rollups) {
            if (rollup.key().granularity() == Granularity.HOUR) {
                var hour =
                        new RollupKey(
                                rollup.key().kind(), Granularity.HOUR, rollup.key().bucket(), "");
                done.computeIfAbsent(hour, _ -> new HashMap<>())
                        .merge(rollup.source(), rollup.lastOffset(), Math::max);
            }
        }
        var changes = new ArrayList<HourChange>(done.size());
        done.forEach(
                (hour, offsets) ->
                        changes.add(new HourChange(hour.kind().topic(), hour.bucket(), offsets)));
        return changes;
    }

    private void applyAll(String collection, List<Rollup> rollups) throws InterruptedException {
        var pending = rollups;
        for (int attempt = 1; !pending.isEmpty(); attempt++) {
            try {
                var updates =
                        pending.stream()
                                .map(rollup -> RollupUpdate.of(rollup, math, clock.instant()))
                                .toList();
                store.collection(collection).bulkWrite(updates, UNORDERED);
                metrics.mongoWritten(collection, updates.size());
                pending = List.of();
            } catch (MongoBulkWriteException e) {
                pending = sortOut(collection, pending, e, attempt);
            } catch (MongoException e) {
                // Perhaps applied, perhaps not: the guards tell on the next attempt.
                retry.pauseAfter("update of " + collection, attempt, e);
            }
        }
        retry.succeeded("update of " + collection);
    }

    /** Returns what must be tried again: without the rows that turned out to count already. */
    private List<Rollup> sortOut(
            String collection, List<Rollup> pending, MongoBulkWriteException failure, int attempt)
            throws InterruptedException {
        var missed = new ArrayList<Rollup>();
        var again = new ArrayList<Rollup>();
        var failedIndexes = new HashSet<Integer>();
        for (var error : failure.getWriteErrors()) {
            failedIndexes.add(error.getIndex());
            (StoreErrors.isDuplicate(error) ? missed : again).add(pending.get(error.getIndex()));
        }
        if (failure.getWriteConcernError() != null) {
            // Not on a majority yet, neither the updates nor what made the guards refuse.
            retry.pauseAfter("update of " + collection, attempt, failure);
            return pending;
        }
        metrics.mongoWritten(collection, pending.size() - failedIndexes.size());
        if (!again.isEmpty()) {
            retry.pauseAfter("update of " + collection, attempt, failure);
        }
        again.addAll(withoutCounted(collection, missed, attempt));
        return again;
    }

    /**
     * Reads the documents whose guards refused and takes out the rows that they count. What the
     * refusal saw is on a majority: the server acknowledges a duplicate key only when all that came
     * before it is.
     */
    private List<Rollup> withoutCounted(String collection, List<Rollup> missed, int attempt)
            throws InterruptedException {
        if (missed.isEmpty()) {
            return missed;
        }
        Map<String, RawBsonDocument> documents;
        try {
            documents = read(collection, missed);
        } catch (MongoException e) {
            retry.pauseAfter("update of " + collection, attempt, e);
            return missed;
        }
        for (var rollup : missed) {
            var document = documents.get(rollup.key().id());
            if (document == null) {
                continue; // expired meanwhile: the next attempt makes it anew
            }
            metrics.guardMissed();
            rollup.dropUpTo(RollupUpdate.watermark(document, rollup.source()));
            if (!rollup.isEmpty()) {
                RollupUpdate.leaveOutWhatDoesNotFit(rollup, math, document, metrics::saturated);
            }
        }
        return missed.stream().filter(rollup -> !rollup.isEmpty()).toList();
    }

    private Map<String, RawBsonDocument> read(String collection, List<Rollup> rollups) {
        var ids = rollups.stream().map(rollup -> rollup.key().id()).distinct().toList();
        var documents = new HashMap<String, RawBsonDocument>();
        store.collection(collection)
                .find(Filters.in(StoreLayout.ID, ids))
                .forEach(
                        document ->
                                documents.put(
                                        document.getString(StoreLayout.ID).getValue(), document));
        return documents;
    }
}
