package gpuanalytics.processor.rollup;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/**
 * Keeps the latest sample of each GPU. Repeating or reordering changes nothing: only a later sample
 * replaces one.
 */
final class LatestSamples {

    private record Latest(Facts facts, RawBsonDocument document) {}

    private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
    private static final String UPDATE = "update of " + StoreLayout.GPU_LATEST;
    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);

    private final MongoStore store;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;

    LatestSamples(MongoStore store, StoreRetry retry, ProcessorMetrics metrics, Clock clock) {
        this.store = store;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
    }

    void apply(List<CountedRow> rows) throws InterruptedException {
        var pending = updates(rows);
        if (pending.isEmpty()) {
            return;
        }
        for (int attempt = 1; !pending.isEmpty(); attempt++) {
            try {
                store.collection(StoreLayout.GPU_LATEST).bulkWrite(pending, UNORDERED);
                metrics.mongoWritten(StoreLayout.GPU_LATEST, pending.size());
                pending = List.of();
            } catch (MongoBulkWriteException e) {
                pending = again(pending, e, attempt);
                if (!e.getWriteErrors().stream().allMatch(StoreErrors::isDuplicate)
                        || e.getWriteConcernError() != null) {
                    retry.pauseAfter(UPDATE, attempt, e);
                }
            } catch (MongoException e) {
                retry.pauseAfter(UPDATE, attempt, e);
            }
        }
        retry.succeeded(UPDATE);
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

    private List<WriteModel<RawBsonDocument>> updates(List<CountedRow> rows) {
        var updates = new ArrayList<WriteModel<RawBsonDocument>>();
        latest(rows).forEach((gpu, latest) -> updates.add(update(gpu, latest)));
        return updates;
    }

    private static Map<String, Latest> latest(List<CountedRow> rows) {
        // sorted: processors that update the same documents do so in one order
        var latest = new TreeMap<String, Latest>();
        for (var row : rows) {
            if (row.topic() != EventTopic.GPU_METRICS) {
                continue;
            }
            var facts = Facts.of(RollupKind.GPU, row.document());
            latest.merge(
                    facts.series(),
                    new Latest(facts, row.document()),
                    (a, b) -> b.facts.epochNanos() > a.facts.epochNanos() ? b : a);
        }
        return latest;
    }

    private UpdateOneModel<RawBsonDocument> update(String gpu, Latest latest) {
        var at = new BsonInt64(latest.facts.epochNanos());
        var filter =
                new BsonDocument(StoreLayout.ID, new BsonString(gpu))
                        .append(StoreLayout.TS_EPOCH_NANOS, new BsonDocument("$lt", at));
        var set =
                new BsonDocument(StoreLayout.SAMPLE, latest.document)
                        .append(StoreLayout.TS, latest.document.get(StoreLayout.TS))
                        .append(StoreLayout.TS_EPOCH_NANOS, at)
                        .append(StoreLayout.STORED_AT, new BsonDateTime(clock.millis()));
        return new UpdateOneModel<>(filter, new BsonDocument("$set", set), UPSERT);
    }
}
