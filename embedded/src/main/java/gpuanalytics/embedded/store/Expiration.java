package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;

/** Deletes documents: those whose time is up, and the oldest of a collection that is too large. */
final class Expiration {

    private final DocumentFile file;
    private final Function<String, StoreDatabase> databases;
    private final Map<String, Long> maxBytes;

    /**
     * @param maxBytes how much the collections of these names keep; beyond it their oldest
     *     documents by a TTL index go early
     */
    Expiration(
            DocumentFile file,
            Function<String, StoreDatabase> databases,
            Map<String, Long> maxBytes) {
        this.file = file;
        this.databases = databases;
        this.maxBytes = Map.copyOf(maxBytes);
    }

    /** Deletes the documents whose time is up and returns how many. */
    long run() {
        long deleted = 0;
        for (var name : file.databaseNames()) {
            var database = databases.apply(name);
            for (var expiry : database.expiries()) {
                if (database.resolveCollection(expiry.collection(), false)
                        instanceof StoreCollection collection) {
                    deleted += expire(collection, expiry);
                }
            }
        }
        return deleted;
    }

    private long expire(StoreCollection collection, StoreDatabase.Expiry expiry) {
        var limit = Instant.now().minusSeconds(expiry.seconds());
        var selector = new Document(expiry.field(), new Document("$lt", limit));
        long deleted = Writes.deleteInSteps(file, collection, selector);
        file.awaitDurable();
        return deleted;
    }

    /**
     * Deletes the oldest documents of a collection that is larger than it may be. Each write does
     * it itself: what comes later, in a thread of its own, may never get its turn.
     */
    void trim(String databaseName, String name) {
        var limit = maxBytes.get(name);
        var database = databases.apply(databaseName);
        if (limit == null
                || !(database.resolveCollection(name, false)
                        instanceof StoreCollection collection)) {
            return;
        }
        long excess = collection.documentsBeyond(limit);
        if (excess == 0) {
            return;
        }
        for (var expiry : database.expiries()) {
            if (expiry.collection().equals(name)) {
                deleteOldest(collection, expiry.field(), excess);
                return;
            }
        }
    }

    private void deleteOldest(StoreCollection collection, String field, long excess) {
        for (long left = excess; left > 0; left -= Writes.STEP) {
            int step = (int) Math.min(left, Writes.STEP);
            file.apply(() -> collection.deleteOldest(field, step));
        }
    }
}
