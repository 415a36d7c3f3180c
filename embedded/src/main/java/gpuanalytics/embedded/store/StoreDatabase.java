package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoDatabase;
import de.bwaldvogel.mongo.backend.ArrayFilters;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A database in the {@link DocumentFile}. */
final class StoreDatabase extends AbstractSynchronizedMongoDatabase<Object> {

    private static final String INDEXES = "system.indexes";
    private static final String EXPIRY = "expireAfterSeconds";

    /**
     * An index by whose field documents expire.
     *
     * @param field a date
     * @param seconds how long after it a document is deleted
     */
    record Expiry(String collection, String field, long seconds) {}

    private final DocumentFile file;

    StoreDatabase(String name, DocumentFile file, CursorRegistry cursors) {
        super(name, cursors);
        this.file = file;
        initializeNamespacesAndIndexes();
    }

    @Override
    protected MongoCollection<Object> openOrCreateCollection(
            String name, CollectionOptions options) {
        var documents = file.documents(getFullCollectionNamespace(name));
        return new StoreCollection(this, name, options, documents, cursorRegistry);
    }

    @Override
    protected Index<Object> openOrCreateUniqueIndex(
            String collection, String name, List<IndexKey> keys, boolean sparse) {
        if (keys.size() == 1 && keys.getFirst().getKey().equals("_id")) {
            return new IdIndex(file.documents(getFullCollectionNamespace(collection)), name, keys);
        }
        throw new MongoServerError(
                67, "CannotCreateIndex", "this store has no unique indexes but that of _id");
    }

    @Override
    protected Index<Object> openOrCreateSecondaryIndex(
            String collection, String name, List<IndexKey> keys, boolean sparse) {
        return new OrderedIndex(name, keys);
    }

    @Override
    protected synchronized void addIndex(Document description) {
        var known = describe(description.get("ns"), description.get("name"));
        if (known != null && !Objects.equals(known.get(EXPIRY), description.get(EXPIRY))) {
            throw new MongoServerError(
                    85,
                    "IndexOptionsConflict",
                    "An equivalent index already exists with the same name but different options: "
                            + description.get("name"));
        }
        if (known == null) {
            super.addIndex(description);
        }
    }

    private @Nullable Document describe(@Nullable Object namespace, @Nullable Object name) {
        return descriptions().stream()
                .filter(known -> Objects.equals(known.get("ns"), namespace))
                .filter(known -> Objects.equals(known.get("name"), name))
                .findFirst()
                .orElse(null);
    }

    private List<Document> descriptions() {
        var descriptions = new ArrayList<Document>();
        MongoCollection<Object> found = resolveCollection(INDEXES, false);
        if (found != null) {
            found.queryAll().forEach(descriptions::add);
        }
        return descriptions;
    }

    /** The collections and fields by which documents expire. */
    List<Expiry> expiries() {
        var expiries = new ArrayList<Expiry>();
        for (var index : descriptions()) {
            if (index.get(EXPIRY) instanceof Number seconds
                    && index.get("ns") instanceof String namespace
                    && index.get("key") instanceof Document keys) {
                expiries.add(
                        new Expiry(
                                namespace.substring(getDatabaseName().length() + 1),
                                keys.keySet().iterator().next(),
                                seconds.longValue()));
            }
        }
        return expiries;
    }

    /**
     * Changes when documents expire, as collMod does.
     *
     * @throws MongoServerError if there is no such index
     */
    void changeExpiry(String collection, Document change) {
        var selector = new Document("ns", getFullCollectionNamespace(collection));
        if (change.containsKey("name")) {
            selector.append("name", change.get("name"));
        } else {
            selector.append("key", change.get("keyPattern"));
        }
        var update = new Document("$set", new Document(EXPIRY, change.get(EXPIRY)));
        var result =
                resolveCollection(INDEXES, true)
                        .updateDocuments(
                                selector,
                                update,
                                ArrayFilters.empty(),
                                false,
                                false,
                                NoopOplog.get());
        if (result.get("n") instanceof Number matched && matched.intValue() == 0) {
            throw new MongoServerError(
                    27, "IndexNotFound", "cannot find index " + change + " for " + collection);
        }
    }

    @Override
    public void dropCollection(String name, Oplog oplog) {
        super.dropCollection(name, oplog);
        file.removeDocuments(getFullCollectionNamespace(name));
    }

    @Override
    public void moveCollection(MongoDatabase from, MongoCollection<?> collection, String newName) {
        var oldName = collection.getFullName();
        super.moveCollection(from, collection, newName);
        file.renameDocuments(oldName, getFullCollectionNamespace(newName));
    }

    @Override
    protected long getFileSize() {
        return file.sizeInBytes();
    }

    @Override
    protected long getStorageSize() {
        return file.sizeInBytes();
    }
}
