package gpuanalytics.processor.store;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import java.util.ArrayList;
import org.bson.RawBsonDocument;

/** Keeps a collection small. */
public final class StoreTrim {

    private static final int TRIMMED_AT_ONCE = 1000;

    private StoreTrim() {}

    /**
     * Takes out the documents that were stored longest ago, beyond the limit.
     *
     * @return how many
     */
    public static long toNewest(MongoCollection<RawBsonDocument> collection, int most) {
        long all = 0;
        for (long removed = some(collection, most); removed > 0; removed = some(collection, most)) {
            all += removed;
        }
        return all;
    }

    private static long some(MongoCollection<RawBsonDocument> collection, int most) {
        var surplus = collection.estimatedDocumentCount() - most;
        if (surplus <= 0) {
            return 0;
        }
        var oldest = new ArrayList<String>();
        collection
                .find()
                .sort(Sorts.ascending(StoreLayout.STORED_AT))
                .limit((int) Math.min(surplus, TRIMMED_AT_ONCE))
                .projection(Projections.include(StoreLayout.ID))
                .forEach(found -> oldest.add(found.getString(StoreLayout.ID).getValue()));
        return collection.deleteMany(Filters.in(StoreLayout.ID, oldest)).getDeletedCount();
    }
}
