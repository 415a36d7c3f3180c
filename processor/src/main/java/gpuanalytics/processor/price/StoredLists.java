package gpuanalytics.processor.price;

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
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;

/**
 * The lists that were put, one document each, numbered from 1. None is ever changed or taken away;
 * of two processors that take the same number one is first, and the other takes the next.
 */
final class StoredLists {

    private static final String LIST = "list";

    private final MongoCollection<BsonDocument> collection;

    /** A list and its number. */
    record Numbered(long number, KeptList kept) {}

    StoredLists(MongoStore store, Duration timeout) {
        collection =
                store.database()
                        .withTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .getCollection(StoreLayout.PRICES, BsonDocument.class);
    }

    /** The lists after a number, in their order. */
    List<Numbered> after(long number) {
        var found = new ArrayList<Numbered>();
        try {
            collection
                    .find(Filters.gt(StoreLayout.ID, number))
                    .sort(Sorts.ascending(StoreLayout.ID))
                    .forEach(document -> found.add(read(document)));
        } catch (MongoException e) {
            throw new StoreUnavailableException("the store does not answer", e);
        }
        return found;
    }

    private static Numbered read(BsonDocument document) {
        long number = document.getInt64(StoreLayout.ID).getValue();
        try {
            var list =
                    PriceListFormat.list(
                            BsonJson.json(document.getDocument(LIST)),
                            List.of(),
                            Integer.MAX_VALUE);
            return new Numbered(
                    number,
                    new KeptList(
                            list.as(version(number)),
                            Optional.of(
                                    Instant.ofEpochMilli(
                                            document.getDateTime(StoreLayout.CREATED_AT)
                                                    .getValue())),
                            Optional.of(document.getString(PriceFields.BY).getValue())));
        } catch (RefusedPricesException e) {
            throw new IllegalStateException(
                    "document %d of %s was changed by hand: %s"
                            .formatted(number, StoreLayout.PRICES, e.faults().getFirst()),
                    e);
        }
    }

    /**
     * Keeps a list under a number.
     *
     * @return false where another list has the number
     */
    boolean insert(Numbered numbered) {
        var kept = numbered.kept();
        var document =
                new BsonDocument(StoreLayout.ID, new BsonInt64(numbered.number()))
                        .append(
                                StoreLayout.CREATED_AT,
                                new BsonDateTime(kept.createdAt().orElseThrow().toEpochMilli()))
                        .append(PriceFields.BY, new BsonString(kept.by().orElseThrow()))
                        .append(LIST, BsonJson.bson(PriceListJson.of(kept.list())));
        try {
            collection.insertOne(document);
            return true;
        } catch (MongoWriteException e) {
            if (e.getError().getCategory() == ErrorCategory.DUPLICATE_KEY) {
                return false;
            }
            throw new StoreUnavailableException("the store did not keep the prices", e);
        } catch (MongoException e) {
            throw new StoreUnavailableException("the store does not answer", e);
        }
    }

    static String version(long number) {
        return "put:" + number;
    }
}
