package gpuanalytics.processor.kept;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.ErrorCategory;
import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.conversions.Bson;

/**
 * The lists that were put, one document each, numbered from 1. None is ever changed or taken away;
 * of two processors that take the same number one is first, and the other takes the next.
 */
public final class NumberedLists {

    private static final String LIST = "list";
    private static final String BY = "by";

    private final MongoCollection<BsonDocument> collection;

    /**
     * A list.
     *
     * @param createdAt when it was put, to the millisecond
     * @param by who put it
     * @param list what it says: objects, lists, texts and numbers
     */
    public record Numbered(long number, Instant createdAt, String by, JsonNode list) {}

    /**
     * @param name of the collection
     * @param timeout how long the store may take to answer
     */
    public NumberedLists(MongoStore store, String name, Duration timeout) {
        collection =
                store.database()
                        .withTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .getCollection(name, BsonDocument.class);
    }

    /**
     * The lists after a number, in their order.
     *
     * @throws StoreUnavailableException when the store does not answer
     */
    public List<Numbered> after(long number) {
        return found(Filters.gt(StoreLayout.ID, number), Sorts.ascending(StoreLayout.ID), 0);
    }

    /** The last list; none where none was put. Throws as {@link #after} does. */
    public List<Numbered> last() {
        return found(Filters.empty(), Sorts.descending(StoreLayout.ID), 1);
    }

    private List<Numbered> found(Bson filter, Bson order, int limit) {
        var found = new ArrayList<Numbered>();
        try {
            collection
                    .find(filter)
                    .sort(order)
                    .limit(limit)
                    .forEach(document -> found.add(read(document)));
        } catch (MongoException e) {
            throw new StoreUnavailableException("the store does not answer", e);
        }
        return found;
    }

    private static Numbered read(BsonDocument document) {
        return new Numbered(
                document.getInt64(StoreLayout.ID).getValue(),
                Instant.ofEpochMilli(document.getDateTime(StoreLayout.CREATED_AT).getValue()),
                document.getString(BY).getValue(),
                BsonJson.json(document.getDocument(LIST)));
    }

    /**
     * Keeps a list under its number.
     *
     * @return false where another list has the number
     * @throws StoreUnavailableException when the store does not answer; the list may be kept
     */
    public boolean insert(Numbered list) {
        var document =
                new BsonDocument(StoreLayout.ID, new BsonInt64(list.number()))
                        .append(
                                StoreLayout.CREATED_AT,
                                new BsonDateTime(list.createdAt().toEpochMilli()))
                        .append(BY, new BsonString(list.by()))
                        .append(LIST, BsonJson.bson(list.list()));
        try {
            collection.insertOne(document);
            return true;
        } catch (MongoWriteException e) {
            if (e.getError().getCategory() == ErrorCategory.DUPLICATE_KEY) {
                return false;
            }
            throw new StoreUnavailableException("the store did not keep the list", e);
        } catch (MongoException e) {
            throw new StoreUnavailableException("the store does not answer", e);
        }
    }
}
