package gpuanalytics.processor.rollup;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.Gathered.Latest;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.StoreTrim;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the latest sample of each GPU, of a bounded number of them, and how far its counters are
 * read. Repeating or reordering changes nothing: only a later sample replaces one, only a later
 * reading another.
 */
final class LatestUpdates {

    private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
    private static final String UPDATE = "update of " + StoreLayout.GPU_LATEST;
    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);

    private final MongoStore store;
    private final int maxGpus;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;

    /**
     * @param maxGpus of how many GPUs the latest sample is kept
     */
    LatestUpdates(
            MongoStore store,
            int maxGpus,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock) {
        this.store = store;
        this.maxGpus = maxGpus;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** A GPU's latest sample and meter, at least one of them. */
    private record Pending(String gpu, @Nullable Latest latest, @Nullable MeterState meter) {}

    /** Returns when every sample that is the latest of its GPU is stored, and the meters are. */
    void apply(Map<String, Latest> latest, Map<String, MeterState> meters)
            throws InterruptedException {
        var pending = new ArrayList<Pending>(latest.size());
        latest.forEach((gpu, sample) -> pending.add(new Pending(gpu, sample, meters.get(gpu))));
        meters.forEach(
                (gpu, meter) -> {
                    if (!latest.containsKey(gpu)) {
                        pending.add(new Pending(gpu, null, meter));
                    }
                });
        if (!pending.isEmpty() && update(pending)) {
            retry.untilAnswered("trimming of " + StoreLayout.GPU_LATEST, this::trim);
        }
    }

    /** Whether a GPU was new. */
    private boolean update(List<Pending> pending) throws InterruptedException {
        var isNew = false;
        var left = pending;
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            try {
                var updates = left.stream().map(this::update).toList();
                var result = store.collection(StoreLayout.GPU_LATEST).bulkWrite(updates, UNORDERED);
                metrics.mongoWritten(StoreLayout.GPU_LATEST, left.size());
                isNew |= !result.getUpserts().isEmpty();
                left = List.of();
            } catch (MongoBulkWriteException e) {
                isNew |= !e.getWriteResult().getUpserts().isEmpty();
                left = again(left, e, attempt);
                if (!e.getWriteErrors().stream().allMatch(StoreErrors::isDuplicate)
                        || e.getWriteConcernError() != null) {
                    retry.pauseAfter(UPDATE, attempt, StoreErrors.firstPassing(e));
                }
            } catch (MongoException e) {
                isNew = true; // perhaps
                retry.pauseAfter(UPDATE, attempt, e);
            }
        }
        retry.succeeded(UPDATE);
        return isNew;
    }

    private static List<Pending> again(
            List<Pending> pending, MongoBulkWriteException failure, int attempt) {
        if (failure.getWriteConcernError() != null) {
            return pending;
        }
        var again = new ArrayList<Pending>();
        for (var error : failure.getWriteErrors()) {
            var each = pending.get(error.getIndex());
            if (attempt == 1 || !StoreErrors.isDuplicate(error)) {
                // A duplicate key: a later sample is there; or an earlier one came in at the same
                // moment, which a second attempt finds out.
                again.add(each);
            } else if (each.meter != null) {
                // A counter may be read further by samples that are not the latest.
                again.add(new Pending(each.gpu, null, each.meter));
            }
        }
        return again;
    }

    private UpdateOneModel<RawBsonDocument> update(Pending pending) {
        var filter = new BsonDocument(StoreLayout.ID, new BsonString(pending.gpu));
        var update = new BsonDocument();
        if (pending.meter != null) {
            update.append("$max", pending.meter.maxima());
        }
        if (pending.latest == null) {
            return new UpdateOneModel<>(filter, update);
        }
        filter.putAll(lessThan(pending.latest));
        update.append("$set", set(pending.latest));
        return new UpdateOneModel<>(filter, update, UPSERT);
    }

    /** The samples that one replaces. */
    private static BsonDocument lessThan(Latest latest) {
        var at = new BsonInt64(latest.values().epochNanos());
        var earlier = new BsonDocument(StoreLayout.TS_EPOCH_NANOS, new BsonDocument("$lt", at));
        if (latest.word() == 0) {
            return earlier;
        }
        // Words about one sample each hold what those before them say too.
        var word = new BsonInt32(latest.word());
        var lessSaid =
                new BsonDocument(StoreLayout.TS_EPOCH_NANOS, at)
                        .append(
                                StoreLayout.WORD,
                                new BsonDocument("$not", new BsonDocument("$gte", word)));
        return new BsonDocument("$or", new BsonArray(List.of(earlier, lessSaid)));
    }

    private BsonDocument set(Latest latest) {
        return new BsonDocument(StoreLayout.SAMPLE, latest.document())
                .append(StoreLayout.TS, new BsonDateTime(latest.values().epochMilli()))
                .append(StoreLayout.TS_EPOCH_NANOS, new BsonInt64(latest.values().epochNanos()))
                .append(StoreLayout.WORD, new BsonInt32(latest.word()))
                .append(StoreLayout.STORED_AT, new BsonDateTime(clock.millis()));
    }

    /**
     * Takes out the GPUs that were heard of longest ago, beyond the limit: names that come once,
     * such as a pod's in place of a host's, must not fill the store, and make room first.
     */
    private Long trim() {
        long all = StoreTrim.toNewest(store.collection(StoreLayout.GPU_LATEST), maxGpus);
        metrics.latestEvicted(all);
        return all;
    }
}
