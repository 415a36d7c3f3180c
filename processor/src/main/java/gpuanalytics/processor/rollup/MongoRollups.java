package gpuanalytics.processor.rollup;

import gpuanalytics.processor.change.HourChange;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
            Comparator.comparingLong(PendingUpdate::order);

    private final RollupMath math;
    private final NewDocuments newDocuments = new NewDocuments();
    private final RollupWriter writer;
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
        this.math = math;
        this.writer = new RollupWriter(store, math, newDocuments, retry, metrics, clock);
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
        gathered.rankSeries();
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
                    var split = newDocuments.split(collection, updates);
                    addBulks(bulks, split.made(), bulk -> writer.insert(collection, bulk));
                    addBulks(bulks, split.changed(), bulk -> writer.update(collection, bulk));
                });
        return bulks;
    }

    /** What writes some updates, and returns when each of their rows counts. */
    private interface Writing {
        void write(List<PendingUpdate> bulk) throws InterruptedException;
    }

    private static void addBulks(
            List<Callable<@Nullable Void>> bulks, List<PendingUpdate> updates, Writing writing) {
        for (int from = 0; from < updates.size(); from += MAX_UPDATES) {
            var bulk = updates.subList(from, Math.min(updates.size(), from + MAX_UPDATES));
            bulks.add(
                    () -> {
                        writing.write(bulk);
                        return null;
                    });
        }
    }

    private static List<HourChange> changes(Collection<PendingUpdate> updates) {
        var done = new HashMap<RollupKey, Map<String, Long>>();
        @Nullable RollupKey last = null;
        Map<String, Long> ofHour = Map.of();
        for (var update : updates) {
            var key = update.key();
            if (key.granularity() != Granularity.HOUR) {
                continue;
            }
            // most often that of the one before
            if (last == null || last.bucket() != key.bucket() || last.kind() != key.kind()) {
                last = new RollupKey(key.kind(), Granularity.HOUR, key.bucket(), "");
                ofHour = done.computeIfAbsent(last, _ -> new HashMap<>());
            }
            ofHour.merge(update.source(), update.lastOffset(), Math::max);
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
}
