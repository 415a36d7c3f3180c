package gpuanalytics.processor.rollup;

import com.mongodb.client.model.UpdateOneModel;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/**
 * Keeps with the rollups of a GPU the names of the pods that share it, a bounded number. Repeating
 * it changes nothing, so it needs no guard; it comes after the sums, which make the documents.
 */
final class SharedGpus {

    /** A rollup that names as many takes no further ones. */
    private static final int ENOUGH = 64;

    private final MongoStore store;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;

    SharedGpus(MongoStore store, StoreRetry retry, ProcessorMetrics metrics) {
        this.store = store;
        this.retry = retry;
        this.metrics = metrics;
    }

    /** Returns when the names are with their rollups. */
    void apply(Map<RollupKey, Set<String>> pods) throws InterruptedException {
        var byCollection = new LinkedHashMap<String, List<UpdateOneModel<RawBsonDocument>>>();
        pods.forEach(
                (key, names) ->
                        byCollection
                                .computeIfAbsent(key.collection(), _ -> new ArrayList<>())
                                .add(update(key, names)));
        for (var updates : byCollection.entrySet()) {
            retry.untilAnswered(
                    "update of pods in " + updates.getKey(),
                    () -> store.collection(updates.getKey()).bulkWrite(updates.getValue()));
            metrics.mongoWritten(updates.getKey(), updates.getValue().size());
        }
    }

    private static UpdateOneModel<RawBsonDocument> update(RollupKey key, Set<String> names) {
        var each = new BsonArray();
        names.forEach(name -> each.add(new BsonString(name)));
        var isFull = StoreLayout.PODS + "." + (ENOUGH - 1);
        return new UpdateOneModel<>(
                new BsonDocument(StoreLayout.ID, new BsonString(key.id()))
                        .append(isFull, new BsonDocument("$exists", BsonBoolean.FALSE)),
                new BsonDocument(
                        "$addToSet",
                        new BsonDocument(StoreLayout.PODS, new BsonDocument("$each", each))));
    }
}
