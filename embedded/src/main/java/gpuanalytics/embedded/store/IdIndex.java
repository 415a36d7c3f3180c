package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.AbstractUniqueIndex;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Map;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/** The index of {@code _id}: the documents themselves, which lie by it. */
final class IdIndex extends AbstractUniqueIndex<Object> {

    private final MVMap<Object, byte[]> documents;

    IdIndex(MVMap<Object, byte[]> documents, String name, List<IndexKey> keys) {
        super(name, keys, false);
        this.documents = documents;
    }

    /** The stored key that is equal to the wanted one, or null. */
    @Nullable Object find(@Nullable Object id) {
        var wanted = Missing.ofNullable(id);
        if (wanted instanceof String) {
            return documents.containsKey(wanted) ? wanted : null;
        }
        var key = documents.ceilingKey(wanted);
        return key != null && KeyType.INSTANCE.compare(key, wanted) == 0 ? key : null;
    }

    @Override
    @SuppressWarnings("NullAway") // the library has no annotations; null stands for "none"
    protected Object getPosition(KeyValue value) {
        return find(value.get(0));
    }

    @Override
    public void add(Document document, Object position, MongoCollection<Object> collection) {
        // the collection has put it
    }

    @Override
    @SuppressWarnings("NullAway") // as above
    public synchronized Object remove(Document document) {
        return getPosition(document);
    }

    @Override
    protected Object removeDocument(KeyValue value) {
        return getPosition(value);
    }

    @Override
    protected boolean putKeyPosition(KeyValue value, Object position) {
        return true;
    }

    @Override
    protected Iterable<Map.Entry<KeyValue, Object>> getIterable() {
        throw new UnsupportedOperationException("the collection reads its documents itself");
    }

    @Override
    public long getCount() {
        return documents.sizeAsLong();
    }

    @Override
    public long getDataSize() {
        return 0;
    }
}
