package gpuanalytics.processor.store;

import com.mongodb.ConnectionString;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.connection.ServerDescription;
import gpuanalytics.processor.store.WriteCommand.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the store, its collections and their indexes.
 *
 * <p>Every write through it waits for a majority. The driver's own retries are harmless: what is
 * written has an identity or a guard.
 */
public final class MongoStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MongoStore.class);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** The index exists with other options, by MongoDB; with another name or specification. */
    private static final List<Integer> INDEX_CONFLICTS = List.of(85, 86);

    private static final int INDEX_NOT_FOUND = 27;

    private final StoreConfig config;
    private final MongoClient client;
    private final MongoDatabase database;

    /** As many as there have been threads that write at the same time. */
    private final Queue<WriteCommand> idle = new ConcurrentLinkedQueue<>();

    public MongoStore(StoreConfig config) {
        this.config = config;
        this.client = MongoClients.create(settings(config));
        this.database = client.getDatabase(config.database());
    }

    /** The database; writes wait for a majority. */
    public MongoDatabase database() {
        return database;
    }

    /** A collection of documents as bytes. */
    public MongoCollection<RawBsonDocument> collection(String name) {
        return database.getCollection(name, RawBsonDocument.class);
    }

    /**
     * Inserts documents in any order, all that can be; returns when all are on a majority. Nothing
     * is tried again here, the documents' identities make that harmless.
     *
     * @throws MongoBulkWriteException that tells which are not inserted, or that no majority has
     *     them
     * @throws MongoException when nothing is sure: any of them may be inserted
     */
    public void insert(String collection, WireDocuments documents) {
        write(Kind.INSERT, collection, documents);
    }

    /**
     * Updates one document each, in any order, and else as {@link #insert}.
     *
     * @param updates the elements of the array {@code updates} of the store's command
     * @return how many of them have made their document
     * @throws MongoBulkWriteException that tells which are not done, or that no majority has them
     * @throws MongoException when nothing is sure: any of them may be done
     */
    public int update(String collection, WireDocuments updates) {
        return write(Kind.UPDATE, collection, updates);
    }

    private int write(Kind kind, String collection, WireDocuments written) {
        var known = idle.poll();
        var command = known == null ? new WriteCommand() : known;
        try {
            var answers = new BulkAnswers();
            for (int from = 0; from < written.size(); ) {
                int next = command.fill(kind, collection, written, from);
                answers.add(database.runCommand(command.document(), BsonDocument.class), from);
                from = next;
            }
            answers.requireDone(kind, primary());
            return answers.made();
        } finally {
            idle.add(command);
        }
    }

    private ServerAddress primary() {
        return client.getClusterDescription().getServerDescriptions().stream()
                .filter(ServerDescription::isPrimary)
                .map(ServerDescription::getAddress)
                .findFirst()
                .orElseGet(ServerAddress::new);
    }

    /** Makes the indexes that are missing and brings the retention up to date; may be repeated. */
    public void prepare() {
        for (var raw : List.of(StoreLayout.GPU_METRICS, StoreLayout.TOKEN_USAGE)) {
            index(raw, Indexes.ascending(StoreLayout.TS)); // the audit reads a bucket's rows
            // Sparse: what is said once, as nearly all is, costs nothing here.
            sparseIndex(raw, StoreLayout.REPLACED_TS); // the audit, of a bucket that lost rows
            sparseIndex(raw, StoreLayout.SAID_AT_PATH); // a word read again of a large family
            expire(raw, config.rawRetention());
        }
        sparseIndex(StoreLayout.TOKEN_USAGE, StoreLayout.MOVES + "." + StoreLayout.MOVED_TS);
        for (var rollup : retentionOfRollups().entrySet()) {
            index(rollup.getKey(), Indexes.ascending(StoreLayout.BUCKET));
            expire(rollup.getKey(), rollup.getValue());
        }
        for (var rollup : List.of(StoreLayout.GPU_MINUTE, StoreLayout.GPU_HOUR)) {
            index(rollup, Indexes.ascending(StoreLayout.GPU, StoreLayout.BUCKET));
        }
        expire(StoreLayout.GPU_LATEST, config.minuteRetention());
        // as long as what they name
        expire(StoreLayout.GPU_NAMES, config.hourRetention());
        expire(StoreLayout.CONFLICTS, config.rawRetention());
        for (var parts :
                List.of(
                        StoreLayout.LEDGER_HOURS,
                        StoreLayout.LEDGER_DAYS,
                        StoreLayout.TOKEN_DAYS)) {
            index(parts, Indexes.ascending(StoreLayout.SCOPE, StoreLayout.BUCKET));
            expire(parts, config.hourRetention());
        }
        index(StoreLayout.CHANGED_HOURS, Indexes.ascending(StoreLayout.HOUR));
        expire(StoreLayout.CHANGED_HOURS, config.hourRetention());
        index(StoreLayout.BUDGET_ALERTS, Indexes.ascending(StoreLayout.PERIOD_START));
        sparseIndex(StoreLayout.BUDGET_ALERTS, StoreLayout.DUE_AT);
        expire(StoreLayout.BUDGET_ALERTS, config.hourRetention());
    }

    @Override
    public void close() {
        client.close();
    }

    private Map<String, Duration> retentionOfRollups() {
        return Map.of(
                StoreLayout.GPU_MINUTE, config.minuteRetention(),
                StoreLayout.TOKEN_MINUTE, config.minuteRetention(),
                StoreLayout.GPU_HOUR, config.hourRetention(),
                StoreLayout.TOKEN_HOUR, config.hourRetention());
    }

    private void index(String collection, Bson keys) {
        database.getCollection(collection).createIndex(keys);
    }

    private void sparseIndex(String collection, String field) {
        database.getCollection(collection)
                .createIndex(Indexes.ascending(field), new IndexOptions().sparse(true));
    }

    /** By when it was stored, never by its own time: a trace may be years old when it comes in. */
    private void expire(String collection, Duration retention) {
        var keys = Indexes.ascending(StoreLayout.STORED_AT);
        var options = new IndexOptions().expireAfter(retention.toSeconds(), TimeUnit.SECONDS);
        try {
            database.getCollection(collection).createIndex(keys, options);
        } catch (MongoCommandException e) {
            if (!INDEX_CONFLICTS.contains(e.getErrorCode())) {
                throw e;
            }
            changeExpiry(collection, keys, options, retention);
        }
    }

    private void changeExpiry(
            String collection, Bson keys, IndexOptions options, Duration retention) {
        log.atInfo()
                .addKeyValue("collection", collection)
                .addKeyValue("retention", retention)
                .log("retention changes");
        try {
            database.runCommand(
                    new Document("collMod", collection)
                            .append(
                                    "index",
                                    new Document("keyPattern", keys.toBsonDocument())
                                            .append("expireAfterSeconds", retention.toSeconds())));
        } catch (MongoCommandException e) {
            log.atInfo().setCause(e).log("the store cannot change the index, it is made again");
            makeAgain(collection, keys, options);
        }
    }

    /** Another processor that starts may do the same at the same time. */
    private void makeAgain(String collection, Bson keys, IndexOptions options) {
        try {
            database.getCollection(collection).dropIndex(keys);
        } catch (MongoCommandException e) {
            if (e.getErrorCode() != INDEX_NOT_FOUND) {
                throw e;
            }
        }
        database.getCollection(collection).createIndex(keys, options);
    }

    private static MongoClientSettings settings(StoreConfig config) {
        return MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString(config.url().reveal()))
                .applicationName("processor")
                .writeConcern(WriteConcern.MAJORITY)
                .applyToClusterSettings(
                        cluster ->
                                cluster.serverSelectionTimeout(
                                        CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS))
                .applyToSocketSettings(
                        socket ->
                                socket.connectTimeout(
                                                CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                                        .readTimeout(
                                                config.answerTimeout().toMillis(),
                                                TimeUnit.MILLISECONDS))
                .build();
    }
}
