package gpuanalytics.bench.store;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.IndexModel;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.InsertManyOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * A store that stores: what lies in it, and how fast it takes the same from nobody in particular.
 */
public final class StoringStore implements AutoCloseable {

    private static final int DOCUMENTS_PER_CALL = 1000;
    private static final int THREADS = 4;
    private static final String COPY = "copy";

    private final MongoClient client;

    /**
     * @param url of the store itself
     */
    public StoringStore(String url) {
        client = MongoClients.create(url);
    }

    /** What it says that it is, with its version. */
    public String name() {
        var said = client.getDatabase("admin").runCommand(new Document("buildInfo", 1));
        var ferret = said.get("ferretdb", Document.class);
        return ferret == null
                ? "MongoDB " + said.getString("version")
                : "FerretDB " + ferret.getString("version");
    }

    /** How many documents collections have. */
    public long documents(String database, List<String> collections) {
        return collections.stream()
                .mapToLong(
                        each -> client.getDatabase(database).getCollection(each).countDocuments())
                .sum();
    }

    /**
     * How many documents a second it takes at most: those of a collection once more, in a
     * collection with the same indexes, by clients that do nothing else and have them ready.
     *
     * @param most how many of them
     */
    public double insertsPerSecond(String database, String collection, int most)
            throws InterruptedException {
        var from = client.getDatabase(database).getCollection(collection, RawBsonDocument.class);
        var calls = new ArrayList<List<RawBsonDocument>>();
        var call = new ArrayList<RawBsonDocument>();
        for (var document : from.find().limit(most)) {
            call.add(document);
            if (call.size() == DOCUMENTS_PER_CALL) {
                calls.add(List.copyOf(call));
                call.clear();
            }
        }
        if (calls.isEmpty()) {
            throw new IllegalStateException(
                    "%s has %d documents, expected at least %d"
                            .formatted(collection, call.size(), DOCUMENTS_PER_CALL));
        }
        var into = client.getDatabase(database).getCollection(COPY, RawBsonDocument.class);
        into.createIndexes(indexes(from));
        return calls.size() * DOCUMENTS_PER_CALL / (insert(calls, into) / 1e9);
    }

    private static List<IndexModel> indexes(MongoCollection<RawBsonDocument> from) {
        var indexes = new ArrayList<IndexModel>();
        for (var index : from.listIndexes()) {
            indexes.add(
                    new IndexModel(
                            index.get("key", Document.class),
                            new IndexOptions().name(index.getString("name"))));
        }
        return indexes;
    }

    private static long insert(
            List<List<RawBsonDocument>> calls, MongoCollection<RawBsonDocument> into)
            throws InterruptedException {
        var unordered = new InsertManyOptions().ordered(false);
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            long began = System.nanoTime();
            var inserted = new ArrayList<Future<?>>();
            for (var documents : calls) {
                inserted.add(threads.submit(() -> into.insertMany(documents, unordered)));
            }
            for (var each : inserted) {
                each.get();
            }
            return System.nanoTime() - began;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the store does not take them", e.getCause());
        }
    }

    /** Empties a database. */
    public void drop(String database) {
        client.getDatabase(database).drop();
    }

    @Override
    public void close() {
        client.close();
    }
}
