package gpuanalytics.processor.conflict;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/**
 * Notes conflicts and reused identities where one can ask for them, a bounded number, each identity
 * once. The counters have them all. Noting one again changes nothing but its time. Any thread.
 */
public final class Conflicts {

    private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);
    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);
    private static final String UPDATE = "update of " + StoreLayout.CONFLICTS;

    /** A sender that reuses every id would write as much here as it sends. */
    private static final int NOTED_PER_BATCH = 100;

    private static final int TRIMMED_AT_ONCE = 1000;

    private final MongoStore store;
    private final int most;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;

    /**
     * @param most how many are kept, the latest
     */
    public Conflicts(
            MongoStore store, int most, StoreRetry retry, ProcessorMetrics metrics, Clock clock) {
        this.store = store;
        this.most = most;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Returns when what a batch brought is noted, however long that takes.
     *
     * @throws InterruptedException when the processor gives up
     */
    public void note(List<Conflict> found) throws InterruptedException {
        if (found.isEmpty()) {
            return;
        }
        var byId = new LinkedHashMap<String, UpdateOneModel<RawBsonDocument>>();
        for (var conflict : found.subList(0, Math.min(found.size(), NOTED_PER_BATCH))) {
            byId.put(conflict.id(), update(conflict));
        }
        var updates = List.copyOf(byId.values());
        retry.untilAnswered(
                UPDATE,
                () -> store.collection(StoreLayout.CONFLICTS).bulkWrite(updates, UNORDERED));
        metrics.mongoWritten(StoreLayout.CONFLICTS, updates.size());
        retry.untilAnswered("trimming of " + StoreLayout.CONFLICTS, this::trim);
    }

    private UpdateOneModel<RawBsonDocument> update(Conflict conflict) {
        var set =
                new BsonDocument(StoreLayout.KIND, new BsonString(conflict.kind().label()))
                        .append(StoreLayout.TOPIC, new BsonString(conflict.topic().defaultName()))
                        .append(StoreLayout.IDENTITY, new BsonString(conflict.identity()))
                        .append(StoreLayout.SAID_AT, new BsonString(conflict.at()))
                        .append(StoreLayout.DETAIL, new BsonString(conflict.detail()))
                        .append(StoreLayout.STORED_AT, new BsonDateTime(clock.millis()));
        return new UpdateOneModel<>(
                new BsonDocument(StoreLayout.ID, new BsonString(conflict.id())),
                new BsonDocument("$set", set),
                UPSERT);
    }

    private Long trim() {
        var collection = store.collection(StoreLayout.CONFLICTS);
        var surplus = collection.estimatedDocumentCount() - most;
        if (surplus <= 0) {
            return 0L;
        }
        var oldest = new ArrayList<String>();
        collection
                .find()
                .sort(Sorts.ascending(StoreLayout.STORED_AT))
                .limit((int) Math.min(surplus, TRIMMED_AT_ONCE))
                .projection(Projections.include(StoreLayout.ID))
                .forEach(kept -> oldest.add(kept.getString(StoreLayout.ID).getValue()));
        return collection.deleteMany(Filters.in(StoreLayout.ID, oldest)).getDeletedCount();
    }
}
