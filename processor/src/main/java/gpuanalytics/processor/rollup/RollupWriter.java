package gpuanalytics.processor.rollup;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.client.model.Filters;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.WireDocuments;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.bson.RawBsonDocument;

/** Writes updates of rollups to the store until each of their rows counts once. Any thread may. */
final class RollupWriter {

    private final MongoStore store;
    private final RollupMath math;
    private final NewDocuments newDocuments;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;

    RollupWriter(
            MongoStore store,
            RollupMath math,
            NewDocuments newDocuments,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock) {
        this.store = store;
        this.math = math;
        this.newDocuments = newDocuments;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Returns when every row of these updates counts, whether their documents are there or not. */
    void update(String collection, List<PendingUpdate> updates) throws InterruptedException {
        var pending = updates;
        for (int attempt = 1; !pending.isEmpty(); attempt++) {
            try {
                store.update(collection, written(pending, RollupUpdate::write));
                metrics.mongoWritten(collection, pending.size());
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

    /**
     * The same, where the documents are likely not there: makes them, and leaves to updates what
     * turns out to be there or is not sure to be done.
     */
    void insert(String collection, List<PendingUpdate> updates) throws InterruptedException {
        var left = updates;
        try {
            store.insert(collection, written(updates, RollupUpdate::writeDocument));
            left = List.of();
        } catch (MongoBulkWriteException e) {
            // Without a majority the guards tell what is done, once they are on one.
            if (e.getWriteConcernError() == null) {
                left = e.getWriteErrors().stream().map(at -> updates.get(at.getIndex())).toList();
            }
        } catch (MongoException e) {
            retry.pauseAfter("update of " + collection, 1, e);
        }
        metrics.mongoWritten(collection, updates.size() - left.size());
        newDocuments.inserted(collection, updates.size(), left.size());
        update(collection, left);
    }

    /** How an update is written. */
    private interface Form {
        void write(BsonBytes out, PendingUpdate update, Sums sums, Instant now);
    }

    private WireDocuments written(List<PendingUpdate> updates, Form form) {
        var now = clock.instant();
        var scratch = new EnumMap<RollupKind, Sums>(RollupKind.class);
        return BsonBytes.written(
                updates,
                (out, update) -> {
                    var sums = update.sums(math, () -> cleared(scratch, update.key().kind()));
                    form.write(out, update, sums, now);
                });
    }

    /** Sums have room for every reading there is, of which most updates have a few. */
    private static Sums cleared(Map<RollupKind, Sums> scratch, RollupKind kind) {
        var sums = scratch.computeIfAbsent(kind, Sums::new);
        sums.clear();
        return sums;
    }

    /** Returns what must be tried again: without the rows that turned out to count already. */
    private List<PendingUpdate> sortOut(
            String collection,
            List<PendingUpdate> pending,
            MongoBulkWriteException failure,
            int attempt)
            throws InterruptedException {
        var missed = new ArrayList<PendingUpdate>();
        var again = new ArrayList<PendingUpdate>();
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
            // Also an error that the store will always give: to leave the rows out would be wrong
            // numbers for ever, so they wait, by name in the health report, until it takes them.
            retry.pauseAfter("update of " + collection, attempt, named(pending, failure));
        }
        again.addAll(withoutCounted(collection, missed, attempt));
        return again;
    }

    /** The first failure that is no duplicate, with the document that it is about. */
    private static MongoException named(
            List<PendingUpdate> pending, MongoBulkWriteException failure) {
        return failure.getWriteErrors().stream()
                .filter(error -> !StoreErrors.isDuplicate(error))
                .findFirst()
                .map(
                        error ->
                                new MongoException(
                                        error.getCode(),
                                        "%s: error %d %s"
                                                .formatted(
                                                        pending.get(error.getIndex()).id(),
                                                        error.getCode(),
                                                        error.getMessage())))
                .orElseGet(() -> StoreErrors.firstPassing(failure));
    }

    /**
     * Reads the documents whose guards refused and takes out the rows that they count. What the
     * refusal saw is on a majority: the server acknowledges a duplicate key only when all that came
     * before it is.
     */
    private List<PendingUpdate> withoutCounted(
            String collection, List<PendingUpdate> missed, int attempt)
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
        for (var update : missed) {
            var document = documents.get(update.id());
            if (document == null) {
                continue; // expired meanwhile: the next attempt makes it anew
            }
            metrics.guardMissed();
            update.dropUpTo(RollupUpdate.watermark(document, update.source()));
            if (!update.isEmpty()) {
                RollupUpdate.leaveOutWhatDoesNotFit(update, math, document, metrics::saturated);
            }
        }
        return missed.stream().filter(update -> !update.isEmpty()).toList();
    }

    private Map<String, RawBsonDocument> read(String collection, List<PendingUpdate> updates) {
        var ids = updates.stream().map(PendingUpdate::id).distinct().toList();
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
