package gpuanalytics.processor.gpuname;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.StoreTrim;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * The names step learns from samples which names mean the same GPU, and stores what is new: after
 * the samples are stored, and before they are committed, so that what a crash interrupts is learnt
 * when the samples are read again. Learning something twice changes nothing.
 *
 * <p>Most samples say what is known: that costs a look into a map. The store is read where a sample
 * says something new, and once in an interval for all names together. Any thread may learn.
 */
public final class GpuNaming {

    /** In order: whoever reads by the time of storing has all up to that time. */
    private static final BulkWriteOptions ORDERED = new BulkWriteOptions().ordered(true);

    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);

    /** How often to take in what others have learnt, see {@link #confirm}. */
    public static final Duration CONFIRM_INTERVAL = Duration.ofMinutes(1);

    private static final Duration RENEWED_AFTER = Duration.ofDays(1);
    private static final int NAMES_PER_GPU = 4;
    private static final Comparator<CountedRow> BY_TIME =
            Comparator.comparingLong(row -> row.values().epochNanos());

    private final MongoStore store;
    private final int maxNames;
    private final Duration renewedAfter;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final GpuNameBook book;
    private final Map<Labels, Confirmed> confirmed = new ConcurrentHashMap<>();
    private GpuNames confirmedBy = GpuNames.NONE;
    private long lastStoredAt;

    /**
     * From and until when, in milliseconds, labels say what is known; and when their links are to
     * be renewed.
     */
    private record Confirmed(long since, long until, long renewedAt) {}

    /**
     * @param maxGpus how many GPUs an hour may have; so many and some more have names
     * @param retention how long a name is kept without a sample
     */
    public GpuNaming(
            MongoStore store,
            int maxGpus,
            Duration retention,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock) {
        this.store = store;
        this.maxNames = (int) Math.min((long) NAMES_PER_GPU * maxGpus, GpuNameBook.MAX_LINKS);
        var share = retention.dividedBy(4);
        this.renewedAfter = share.compareTo(RENEWED_AFTER) < 0 ? share : RENEWED_AFTER;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
        this.book =
                new GpuNameBook(
                        (search, reader) ->
                                search.apply(
                                                store.database()
                                                        .getCollection(
                                                                StoreLayout.GPU_NAMES,
                                                                Document.class)
                                                        .find())
                                        .forEach(reader),
                        clock);
    }

    /**
     * Returns the rows when what their samples say about names is stored, however long that takes.
     *
     * @throws InterruptedException when the processor gives up
     */
    public List<CountedRow> learn(List<CountedRow> rows) throws InterruptedException {
        var now = clock.millis();
        var unsure = new ArrayList<CountedRow>(0);
        for (var row : rows) {
            // A surplus GPU is not kept by itself, here neither.
            if (row.values().topic() == EventTopic.GPU_METRICS
                    && row.overflow() == Overflow.NONE
                    && !isConfirmed(row, now)) {
                unsure.add(row);
            }
        }
        if (!unsure.isEmpty()) {
            unsure.sort(BY_TIME);
            learn(unsure, now);
        }
        return rows;
    }

    private boolean isConfirmed(CountedRow row, long now) {
        var known = confirmed.get(row.values().labels());
        var at = row.values().epochMilli();
        return known != null && known.since <= at && at < known.until && now < known.renewedAt;
    }

    /**
     * Takes in what others have stored, and lets go of what is stored no more: one or two small
     * reads, however many GPUs report.
     */
    public void confirm() {
        var _ = book.names();
        take();
    }

    /** What was confirmed was so by other names, where there are others since. */
    private synchronized GpuNames take() {
        var names = book.kept();
        if (!names.equals(confirmedBy)) { // of the same reading
            confirmedBy = names;
            confirmed.clear();
        }
        return names;
    }

    private synchronized void learn(List<CountedRow> rows, long now) throws InterruptedException {
        if (!lesson(rows, now).links().isEmpty()) {
            retry.untilAnswered("read of " + StoreLayout.GPU_NAMES, book::names);
            var links = lesson(rows, now).links();
            if (!links.isEmpty()) {
                store(links);
            }
        }
        var lesson = lesson(rows, now);
        if (confirmed.size() > maxNames) {
            confirmed.clear();
        }
        for (var row : rows) {
            var labels = row.values().labels();
            var span = lesson.span(labels, row.values().epochMilli());
            confirmed.put(
                    labels,
                    new Confirmed(
                            span.since(), span.until(), span.renewedAt(renewedAfter.toMillis())));
        }
    }

    /** What rows say beside the names that are kept. */
    private Lesson lesson(List<CountedRow> rows, long now) {
        var lesson = new Lesson(take(), now - renewedAfter.toMillis());
        for (var row : rows) {
            lesson.add(row.values().labels(), row.values().epochMilli());
        }
        return lesson;
    }

    private void store(Collection<GpuLink> links) throws InterruptedException {
        if (retry.untilAnswered("update of " + StoreLayout.GPU_NAMES, () -> write(links))) {
            retry.untilAnswered(
                    "trimming of " + StoreLayout.GPU_NAMES,
                    () -> StoreTrim.toNewest(store.collection(StoreLayout.GPU_NAMES), maxNames));
        }
    }

    /** Stores links that are new and renews those that are not; returns whether there is a new. */
    private Boolean write(Collection<GpuLink> links) {
        var updates = new ArrayList<UpdateOneModel<RawBsonDocument>>(links.size());
        var stored = new ArrayList<GpuLink>(links.size());
        for (var link : links) {
            lastStoredAt = Math.max(lastStoredAt + 1, clock.millis());
            stored.add(new GpuLink(link.name(), link.gpu(), link.fromMillis(), lastStoredAt));
            updates.add(
                    new UpdateOneModel<>(
                            new BsonDocument(StoreLayout.ID, new BsonString(link.id())),
                            new BsonDocument("$setOnInsert", link.document())
                                    .append(
                                            "$max",
                                            new BsonDocument(
                                                    StoreLayout.STORED_AT,
                                                    new BsonDateTime(lastStoredAt))),
                            UPSERT));
        }
        var result = store.collection(StoreLayout.GPU_NAMES).bulkWrite(updates, ORDERED);
        metrics.mongoWritten(StoreLayout.GPU_NAMES, updates.size());
        book.learnt(stored);
        return !result.getUpserts().isEmpty();
    }
}
