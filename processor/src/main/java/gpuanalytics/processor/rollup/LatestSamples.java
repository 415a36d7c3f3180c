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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        List<WriteModel<RawBsonDocument>> updates = new ArrayList<>();
        for (var entry : latest(rows).entrySet()) {
            updates.add(update(entry.getKey(), entry.getValue()));
        }
        for (int attempt = 1; !updates.isEmpty(); attempt++) {
            try {
                store.collection(StoreLayout.GPU_LATEST).bulkWrite(updates, UNORDERED);
                metrics.mongoWritten(StoreLayout.GPU_LATEST, updates.size());
                return;
            } catch (MongoBulkWriteException e) {
                // A duplicate key: a later sample is there, which is as good as done; or an earlier
                // one came in at the same moment, which a second attempt finds out.
                if (attempt > 1
                        && e.getWriteConcernError() == null
                        && e.getWriteErrors().stream().allMatch(StoreErrors::isDuplicate)) {
                    return;
                }
                if (e.getWriteErrors().stream().allMatch(StoreErrors::isDuplicate)) {
                    updates = refused(updates, e);
                    continue;
                }
                retry.pauseAfter("update of " + StoreLayout.GPU_LATEST, attempt, e);
            } catch (MongoException e) {
                retry.pauseAfter("update of " + StoreLayout.GPU_LATEST, attempt, e);
            }
        }
    }

    private static List<WriteModel<RawBsonDocument>> refused(
            List<WriteModel<RawBsonDocument>> updates, MongoBulkWriteException failure) {
        return failure.getWriteErrors().stream()
                .map(error -> updates.get(error.getIndex()))
                .toList();
    }

    private static Map<String, Latest> latest(List<CountedRow> rows) {
        var latest = new LinkedHashMap<String, Latest>();
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
