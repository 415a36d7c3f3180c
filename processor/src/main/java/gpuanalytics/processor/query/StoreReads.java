package gpuanalytics.processor.query;

import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoOperationTimeoutException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/** Reads documents for a question, each read within the time that the question may take. */
public final class StoreReads {

    /** Enough documents per round trip that trips cost little, few enough that memory stays low. */
    private static final int CURSOR_BATCH = 1000;

    private final MongoDatabase database;
    private final Duration timeout;
    private final int batch;

    public StoreReads(MongoDatabase database, Duration timeout) {
        this(
                database.withTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS),
                timeout,
                CURSOR_BATCH);
    }

    private StoreReads(MongoDatabase database, Duration timeout, int batch) {
        this.database = database;
        this.timeout = timeout;
        this.batch = batch;
    }

    /** The same with so many documents per round trip, where documents are large. */
    public StoreReads inBatchesOf(int documents) {
        return new StoreReads(database, timeout, documents);
    }

    /** How long one read may take. */
    public Duration timeout() {
        return timeout;
    }

    /**
     * Hands over each document that a search finds; the cursor is closed afterwards.
     *
     * @param search sorts, projects or limits what is found
     * @throws QueryTimeoutException when the store does not answer in time, or when the caller is
     *     interrupted because nobody waits for the answer any more
     * @throws StoreUnavailableException when the store cannot be asked
     */
    public void forEach(
            String collection,
            Bson filter,
            Function<FindIterable<Document>, FindIterable<Document>> search,
            Consumer<Document> reader) {
        forEach(search.apply(database.getCollection(collection).find(filter)), reader);
    }

    /**
     * Hands over the bytes of each document that a search finds.
     *
     * @param projection what is read of each
     * @throws QueryTimeoutException as {@link #forEach}
     * @throws StoreUnavailableException as {@link #forEach}
     */
    public void forEachRaw(
            String collection, Bson filter, Bson projection, Consumer<RawBsonDocument> reader) {
        forEachRaw(collection, filter, search -> search.projection(projection), reader);
    }

    /**
     * Hands over the bytes of each document that a search finds.
     *
     * @param search sorts, projects or limits what is found
     * @throws QueryTimeoutException as {@link #forEach}
     * @throws StoreUnavailableException as {@link #forEach}
     */
    public void forEachRaw(
            String collection,
            Bson filter,
            UnaryOperator<FindIterable<RawBsonDocument>> search,
            Consumer<RawBsonDocument> reader) {
        forEach(
                search.apply(
                        database.getCollection(collection, RawBsonDocument.class).find(filter)),
                reader);
    }

    private <T> void forEach(FindIterable<T> found, Consumer<T> reader) {
        boolean answered = false;
        try (var cursor = found.batchSize(batch).iterator()) {
            while (cursor.hasNext()) {
                answered = true;
                if (Thread.currentThread().isInterrupted()) {
                    throw new QueryTimeoutException(timeout);
                }
                reader.accept(cursor.next());
            }
        } catch (MongoException e) {
            throw isSlow(e, answered)
                    ? new QueryTimeoutException(timeout)
                    : new StoreUnavailableException("the store does not answer", e);
        }
    }

    /** Whether there is a document that matches. */
    public boolean exists(String collection, Bson filter) {
        var found = new boolean[1];
        forEach(collection, filter, search -> search.limit(1), _ -> found[0] = true);
        return found[0];
    }

    /**
     * Whether the store was reached and was too slow. A time limit that ends while the driver waits
     * for a server has no cause, and nothing has been answered.
     */
    private static boolean isSlow(MongoException failure, boolean answered) {
        return switch (failure) {
            case MongoInterruptedException _ -> true;
            case MongoExecutionTimeoutException _ -> true;
            case MongoOperationTimeoutException late ->
                    switch (late.getCause()) {
                        case null -> answered;
                        case MongoSocketReadTimeoutException _ -> true;
                        case MongoExecutionTimeoutException _ -> true;
                        default -> false;
                    };
            default -> false;
        };
    }
}
