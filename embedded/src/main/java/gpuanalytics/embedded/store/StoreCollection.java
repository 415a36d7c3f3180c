package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractMongoCollection;
import de.bwaldvogel.mongo.backend.ArrayFilters;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DocumentWithPosition;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.Utils;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * A collection in the {@link DocumentFile}. Writers exclude each other; readers take no lock, which
 * is safe because the file holds bytes and each reader makes its own documents of them.
 */
final class StoreCollection extends AbstractMongoCollection<Object> {

    private final MVMap<Object, byte[]> documents;

    StoreCollection(
            MongoDatabase database,
            String name,
            CollectionOptions options,
            MVMap<Object, byte[]> documents,
            CursorRegistry cursors) {
        super(database, name, options, cursors);
        this.documents = documents;
    }

    @Override
    protected Object addDocumentInternal(Document document) {
        var field = getIdField();
        var key =
                field == null
                        ? nextNumber()
                        : Missing.ofNullable(Utils.getSubdocumentValue(document, field));
        if (documents.putIfAbsent(key, Bson.encode(document)) != null) {
            throw new IllegalStateException(key + " is there already in " + this);
        }
        return key;
    }

    /** The key of a document without one, as index descriptions are: they keep their order. */
    private Long nextNumber() {
        return documents.isEmpty() ? 0L : (Long) documents.lastKey() + 1;
    }

    @Override
    @SuppressWarnings("NullAway") // a document removed meanwhile; callers in this class filter it
    protected Document getDocument(Object key) {
        var bytes = documents.get(key);
        return bytes == null ? null : Bson.decode(bytes);
    }

    @Override
    protected void removeDocument(Object key) {
        documents.remove(key);
    }

    @Override
    protected void handleUpdate(Object key, Document before, Document after) {
        documents.put(Missing.ofNullable(key), Bson.encode(after));
    }

    @Override
    public int count() {
        return documents.size();
    }

    @Override
    protected Stream<DocumentWithPosition<Object>> streamAllDocumentsWithPosition() {
        return documents.entrySet().stream()
                .map(
                        entry ->
                                new DocumentWithPosition<>(
                                        Bson.decode(entry.getValue()), entry.getKey()));
    }

    @Override
    public Stream<Document> queryAllAsStream() {
        return documents.values().stream().map(Bson::decode);
    }

    @Override
    protected boolean tracksDataSize() {
        return false;
    }

    @Override
    protected void updateDataSize(int change) {
        throw new UnsupportedOperationException("the size is estimated from a sample");
    }

    @Override
    protected int getDataSize() {
        return (int) Math.min(Integer.MAX_VALUE, SampledSize.of(documents).bytes());
    }

    /** How many documents there are beyond those that take so many bytes of memory. */
    long documentsBeyond(long bytes) {
        var indexes = getIndexes().stream().filter(OrderedIndex.class::isInstance).count();
        return SampledSize.of(documents).documentsBeyond(bytes, indexes);
    }

    /** Deletes the documents that an index of the field has first, and tells how many. */
    synchronized int deleteOldest(String field, int count) {
        for (var index : getIndexes()) {
            if (index instanceof OrderedIndex ordered
                    && ordered.getKeys().getFirst().getKey().equals(field)) {
                var oldest = documentsOf(ordered.first(count)).toList();
                oldest.forEach(this::removeDocument);
                return oldest.size();
            }
        }
        return 0;
    }

    /** The documents that match, found by the index that serves the query best, else by reading. */
    Stream<Document> find(Document query) {
        var rest = lookup().rest(query);
        return candidates(query)
                .map(Bson::decode)
                .filter(document -> documentMatchesQuery(document, rest));
    }

    private Lookup lookup() {
        return new Lookup(getIndexes(), getIdField());
    }

    private Stream<byte[]> candidates(Document query) {
        var keys = lookup().keys(query);
        return keys == null ? documents.values().stream() : bytesOf(keys);
    }

    private Stream<Document> documentsOf(Stream<Object> keys) {
        return bytesOf(keys).map(Bson::decode);
    }

    /** One that is removed meanwhile is left out. */
    private Stream<byte[]> bytesOf(Stream<Object> keys) {
        return keys.map(documents::get).filter(Objects::nonNull);
    }

    @Override
    protected QueryResult queryDocuments(
            Document query, Document orderBy, int skip, int limit, int batchSize, Document fields) {
        if (isNaturalDescending(orderBy)) {
            return matchDocumentsFromStream(
                    find(query).toList().reversed().stream(),
                    query,
                    orderBy,
                    skip,
                    limit,
                    batchSize,
                    fields);
        }
        var isInOrder = lookup().isInOrder(query, orEmpty(orderBy));
        var plain = isInOrder ? plain(query, orEmpty(fields)) : null;
        if (plain != null) {
            var nothing = new Document();
            return matchDocumentsFromStream(
                    plain, nothing, nothing, skip, limit, batchSize, nothing);
        }
        var rest = lookup().rest(query);
        var wanted = Wanted.of(rest, orEmpty(orderBy), orEmpty(fields));
        return matchDocumentsFromStream(
                candidates(query)
                        .map(
                                bytes ->
                                        wanted.isPresent()
                                                ? Bson.decode(bytes, wanted.get())
                                                : Bson.decode(bytes)),
                rest,
                orderBy,
                skip,
                limit,
                batchSize,
                fields);
    }

    /**
     * What matches, as it is shown: only what is compared is decoded. With fields to show, as only
     * the command "find" has them, these are passed on as bytes. Null where what is shown cannot be
     * said beforehand.
     */
    private @Nullable Stream<Document> plain(Document query, Document fields) {
        if (fields.isEmpty()) {
            return find(query);
        }
        var rest = lookup().rest(query);
        var compared = Wanted.compared(rest).orElse(null);
        var shown = Wanted.shown(fields).orElse(null);
        return compared == null || shown == null
                ? null
                : candidates(query)
                        .filter(bytes -> documentMatchesQuery(Bson.decode(bytes, compared), rest))
                        .map(bytes -> PassedDocument.of(BsonParts.only(bytes, shown)));
    }

    private static Document orEmpty(@Nullable Document document) {
        return document == null ? new Document() : document;
    }

    @Override
    protected QueryResult matchDocuments(
            Document query, Document orderBy, int skip, int limit, int batchSize, Document fields) {
        return queryDocuments(query, orderBy, skip, limit, batchSize, fields);
    }

    @Override
    protected QueryResult matchDocuments(
            Document query,
            Iterable<Object> keys,
            Document orderBy,
            int skip,
            int limit,
            int batchSize,
            Document fields) {
        var found = documentsOf(StreamSupport.stream(keys.spliterator(), false));
        return matchDocumentsFromStream(found, query, orderBy, skip, limit, batchSize, fields);
    }

    @Override
    public synchronized Document updateDocuments(
            Document selector,
            Document update,
            ArrayFilters arrayFilters,
            boolean isMulti,
            boolean isUpsert,
            Oplog oplog) {
        var plainly =
                isMulti || !arrayFilters.isEmpty() ? null : update(selector, update, isUpsert);
        return plainly != null
                ? plainly
                : super.updateDocuments(selector, update, arrayFilters, isMulti, isUpsert, oplog);
    }

    /** Updates the document of an id, as the library answers it; null where that is not plain. */
    private @Nullable Document update(Document selector, Document update, boolean isUpsert) {
        if (getIdField() == null || !(selector.get(getIdField()) instanceof String id)) {
            return null;
        }
        var before = getDocument(id);
        if (before == null) {
            var made = isUpsert ? PlainUpdate.made(selector, id, update) : null;
            if (made == null) {
                return null;
            }
            addDocument(made);
            return new Document("upserted", id).append("n", 0).append("nModified", 0);
        }
        var after =
                documentMatchesQuery(before, selector)
                        ? PlainUpdate.applied(before, update, false)
                        : null;
        return after == null ? null : replace(id, before, after);
    }

    private Document replace(String id, Document before, Document after) {
        if (after.equals(before)) {
            return new Document("n", 1).append("nModified", 0);
        }
        for (var index : getIndexes()) {
            index.checkUpdate(before, after, this);
        }
        for (var index : getIndexes()) {
            index.updateInPlace(before, after, id, this);
        }
        handleUpdate(id, before, after);
        return new Document("n", 1).append("nModified", 1);
    }

    @Override
    public synchronized Document findAndModify(Document query) {
        return super.findAndModify(query);
    }

    @Override
    public synchronized void addDocument(Document document) {
        super.addDocument(document);
    }

    @Override
    public synchronized List<Document> insertDocuments(List<Document> added, boolean isOrdered) {
        return super.insertDocuments(added, isOrdered);
    }

    @Override
    public synchronized int deleteDocuments(Document selector, int limit, Oplog oplog) {
        return super.deleteDocuments(selector, limit, oplog);
    }

    @Override
    public synchronized void removeDocument(Document document) {
        super.removeDocument(document);
    }

    @Override
    public synchronized void addIndex(Index<Object> index) {
        super.addIndex(index);
    }

    @Override
    public synchronized void dropIndex(String indexName) {
        super.dropIndex(indexName);
    }

    @Override
    public synchronized void renameTo(MongoDatabase newDatabase, String newName) {
        super.renameTo(newDatabase, newName);
    }
}
