package gpuanalytics.processor.rollup;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
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

/**
 * Keeps the latest sample of each GPU, of a bounded number of them. Repeating or reordering changes
 * nothing: only a later sample replaces one.
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

    /** Returns when every sample that is the latest of its GPU is stored. */
    void apply(Map<String, Latest> latest) throws InterruptedException {
        if (latest.isEmpty()) {
            return;
        }
        if (update(latest)) {
            retry.untilAnswered("trimming of " + StoreLayout.GPU_LATEST, this::trim);
        }
    }

    /** Whether a GPU was new. */
    private boolean update(Map<String, Latest> latest) throws InterruptedException {
        List<WriteModel<RawBsonDocument>> pending = new ArrayList<>();
        latest.forEach((gpu, sample) -> pending.add(update(gpu, sample)));
        var isNew = false;
        var left = pending;
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            try {
                var result = store.collection(StoreLayout.GPU_LATEST).bulkWrite(left, UNORDERED);
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

    private static List<WriteModel<RawBsonDocument>> again(
            List<WriteModel<RawBsonDocument>> pending,
            MongoBulkWriteException failure,
            int attempt) {
        if (failure.getWriteConcernError() != null) {
            return pending;
        }
        // A duplicate key: a later sample is there, which is as good as done; or an earlier one
        // came in at the same moment, which a second attempt finds out.
        return failure.getWriteErrors().stream()
                .filter(error -> attempt == 1 || !StoreErrors.isDuplicate(error))
                .map(error -> pending.get(error.getIndex()))
                .toList();
    }

    private UpdateOneModel<RawBsonDocument> update(String gpu, Latest latest) {
        var at = new BsonInt64(latest.values().epochNanos());
        var filter = new BsonDocument(StoreLayout.ID, new BsonString(gpu));
        var earlier = new BsonDocument(StoreLayout.TS_EPOCH_NANOS, new BsonDocument("$lt", at));
        var word = new BsonInt32(latest.word());
        if (latest.word() == 0) {
            filter.putAll(earlier);
        } else {
            // Words about one sample each hold what those before them say too.
            var lessSaid =
                    new BsonDocument(StoreLayout.TS_EPOCH_NANOS, at)
                            .append(
                                    StoreLayout.WORD,
                                    new BsonDocument("$not", new BsonDocument("$gte", word)));
            filter.append("$or", new BsonArray(List.of(earlier, lessSaid)));
        }
        var set =
                new BsonDocument(StoreLayout.SAMPLE, latest.document())
                        .append(StoreLayout.TS, new BsonDateTime(latest.values().epochMilli()))
                        .append(StoreLayout.TS_EPOCH_NANOS, at)
                        .append(StoreLayout.WORD, word)
                        .append(StoreLayout.STORED_AT, new BsonDateTime(clock.millis()));
        return new UpdateOneModel<>(filter, new BsonDocument("$set", set), UPSERT);
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
