package gpuanalytics.processor.rollup;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.client.model.Filters;
import gpuanalytics.processor.change.HourChange;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.Written;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bson.RawBsonDocument;
import org.bson.io.BsonOutput;
import org.jspecify.annotations.Nullable;

/**
 * Adds counted rows to the minute and hour rollups, each row once.
 *
 * <p>One thread calls {@link #apply}, with the rows of each partition in offset order: the guard
 * compares offsets, so an update that overtook another would make the other's rows look counted.
 */
public final class MongoRollups implements AutoCloseable {

    private static final int MAX_UPDATES = 2000;

    /** Minutes, hours and latest samples, or several bulks of them. */
    private static final int BULKS_AT_ONCE = 3;

    private static final Comparator<PendingUpdate> ONE_ORDER =
            Comparator.comparing(PendingUpdate::id);

    private final MongoStore store;
    private final RollupMath math;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final LatestUpdates latest;
    private final SharedGpus shared;
    private final ExecutorService threads;

    /**
     * @param maxGpus of how many GPUs the latest sample is kept
     */
    public MongoRollups(
            MongoStore store,
            RollupMath math,
            int maxGpus,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock) {
        this.store = store;
        this.math = math;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
        this.latest = new LatestUpdates(store, maxGpus, retry, metrics, clock);
        this.shared = new SharedGpus(store, retry, metrics);
        this.threads =
                Executors.newFixedThreadPool(
                        BULKS_AT_ONCE,
                        Thread.ofPlatform().name("rollup-writer-", 0).daemon().factory());
    }

    /**
     * Returns when every row counts exactly once, however long that takes.
     *
     * @return the hours whose rollups may have changed
     * @throws InterruptedException when the processor gives up; any row may or may not count
     */
    public List<HourChange> apply(List<CountedRow> rows) throws InterruptedException {
        return apply(Gathered.of(rows, math));
    }

    /** Where rows are gathered that are applied together; empty. */
    Gathered gathered() {
        return new Gathered(math);
    }

    /** The same, and the meters of GPUs go on. */
    public List<HourChange> apply(CountedBatch batch) throws InterruptedException {
        return apply(Gathered.of(batch, math));
    }

    /** The same for rows that are gathered. */
    List<HourChange> apply(Gathered gathered) throws InterruptedException {
        // Before rows that count already are taken out: they have reached their rollups too.
        var changes = changes(gathered.updates());
        var first = bulks(gathered, Granularity.MINUTE);
        first.add(
                () -> {
                    latest.apply(gathered.latest(), gathered.meters());
                    return null;
                });
        sideBySide(first);
        // Hours only then: one that counts more events than its minutes, be it for a moment or
        // because the process has ended in between, looks as if some of them had expired, see
        // KeptRollups.
        sideBySide(bulks(gathered, Granularity.HOUR));
        shared.apply(gathered.pods());
        return changes;
    }

    private List<Callable<@Nullable Void>> bulks(Gathered gathered, Granularity granularity) {
        var byCollection = new LinkedHashMap<String, List<PendingUpdate>>();
        for (var update : gathered.updates()) {
            if (update.key().granularity() == granularity) {
                byCollection
                        .computeIfAbsent(update.key().collection(), _ -> new ArrayList<>())
                        .add(update);
            }
        }
        var bulks = new ArrayList<Callable<@Nullable Void>>();
        byCollection.forEach(
                (collection, updates) -> {
                    // Processors that update the same documents do so in one order, see Insertion.
                    updates.sort(ONE_ORDER);
                    for (int from = 0; from < updates.size(); from += MAX_UPDATES) {
                        var to = Math.min(updates.size(), from + MAX_UPDATES);
                        var bulk = updates.subList(from, to);
                        bulks.add(
                                () -> {
                                    applyAll(collection, bulk);
                                    return null;
                                });
                    }
                });
        return bulks;
    }

    private static List<HourChange> changes(Collection<PendingUpdate> updates) {
        var done = new HashMap<RollupKey, Map<String, Long>>();
        for (var update : updates) {
            var key = update.key();
            if (key.granularity() == Granularity.HOUR) {
                var hour = new RollupKey(key.kind(), Granularity.HOUR, key.bucket(), "");
                done.computeIfAbsent(hour, _ -> new HashMap<>())
                        .merge(update.source(), update.lastOffset(), Math::max);
            }
        }
        var changes = new ArrayList<HourChange>(done.size());
        done.forEach(
                (hour, offsets) ->
                        changes.add(new HourChange(hour.kind().topic(), hour.bucket(), offsets)));
        return changes;
    }

    /** Runs bulks of different documents at the same time and waits for all. */
    private void sideBySide(List<Callable<@Nullable Void>> bulks) throws InterruptedException {
        for (var done : threads.invokeAll(bulks)) {
            try {
                done.get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case InterruptedException interrupted -> throw interrupted;
                    case RuntimeException fault -> throw fault;
                    case Error fault -> throw fault;
                    case null, default -> throw new IllegalStateException(e);
                }
            }
        }
    }

    /** Gives up at once what is not applied. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void applyAll(String collection, List<PendingUpdate> updates)
            throws InterruptedException {
        var pending = updates;
        for (int attempt = 1; !pending.isEmpty(); attempt++) {
            try {
                store.update(collection, written(pending));
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

    private Written written(List<PendingUpdate> updates) {
        var now = clock.instant();
        return new Written() {
            @Override
            public int size() {
                return updates.size();
            }

            @Override
            public void write(int place, BsonOutput out) {
                RollupUpdate.write(out, updates.get(place), math, now);
            }
        };
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
