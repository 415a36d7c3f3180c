package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.AbstractMongoBackend;
import de.bwaldvogel.mongo.backend.InMemoryCursor;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.Utils;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.exception.NoSuchCommandException;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes every command. One that changes documents is answered when the change is in the file; an
 * unordered one goes on after a failure and says which of its statements failed.
 */
final class StoreBackend extends AbstractMongoBackend {

    private static final Logger LOG = LoggerFactory.getLogger(StoreBackend.class);

    /** A standalone server of this release: no sessions, no retryable writes, no transactions. */
    private static final MongoVersion VERSION =
            new MongoVersion() {
                @Override
                public List<Integer> getVersionArray() {
                    return List.of(7, 0, 0, 0);
                }

                @Override
                public String toVersionString() {
                    return "7.0.0";
                }

                @Override
                public int getWireVersion() {
                    return 21;
                }
            };

    /** MongoDB's default. */
    private static final int FIRST_BATCH = 101;

    /** MongoDB's is 16 MiB; this keeps documents of 4 KiB below it. */
    private static final int NEXT_BATCH = 4000;

    private static final Set<String> STRUCTURE =
            Set.of(
                    "create",
                    "createindexes",
                    "drop",
                    "dropindexes",
                    "dropdatabase",
                    "renamecollection",
                    "collmod");

    private static final Set<String> SESSIONS =
            Set.of("endsessions", "killsessions", "refreshsessions", "killop", "logout");

    private final DocumentFile file;
    private final StoreLimits limits;
    private final StoreEnd end;
    private final Expiration expiration;
    private final Writes writes;

    /**
     * @param maxBytes how much the collections of these names keep; beyond it their oldest
     *     documents by a TTL index expire early
     */
    StoreBackend(DocumentFile file, Map<String, Long> maxBytes, StoreLimits limits, StoreEnd end) {
        this.file = file;
        this.limits = limits;
        this.end = end;
        this.expiration = new Expiration(file, this::database, maxBytes);
        this.writes = new Writes(this::resolveDatabase, file);
        version(VERSION);
        file.databaseNames().forEach(this::resolveDatabase);
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
        return new StoreDatabase(name, file, getCursorRegistry());
    }

    private StoreDatabase database(String name) {
        return (StoreDatabase) resolveDatabase(name);
    }

    /** When documents go. */
    Expiration expiration() {
        return expiration;
    }

    @Override
    public Document handleCommand(Channel channel, String database, String name, Document query) {
        if (end.isReached()) {
            return failure(StoreEnd.answer());
        }
        try {
            var command = name.toLowerCase(Locale.ROOT);
            if (Writes.COMMANDS.contains(command)) {
                var answer = writes.run(channel, database, command, query);
                expiration.trim(database, Arguments.text(query, name));
                file.awaitDurable();
                return answer;
            }
            if (STRUCTURE.contains(command)) {
                return file.writeAlone(() -> structure(channel, database, command, name, query));
            }
            return file.read(() -> read(channel, database, command, name, query));
        } catch (MongoServerException e) {
            return failure(e);
        } catch (RuntimeException | OutOfMemoryError e) {
            return end.isDueTo(e, file) ? failure(StoreEnd.answer()) : failed(name, e);
        }
    }

    private static Document failed(String name, Throwable e) {
        LOG.atError().addKeyValue("command", name).setCause(e).log("command failed");
        return failure(new MongoServerError(8, "UnknownError", name + " failed: " + e));
    }

    private static Document failure(MongoServerException e) {
        var known =
                e instanceof MongoServerError error
                        ? error
                        : new MongoServerError(8, "UnknownError", e.getMessageWithoutErrorCode());
        if (known instanceof NoSuchCommandException) {
            known = new MongoServerError(59, "CommandNotFound", known.getMessageWithoutErrorCode());
        }
        return new Document("ok", 0.0)
                .append("errmsg", known.getMessageWithoutErrorCode())
                .append("code", known.getCode())
                .append("codeName", known.getCodeName());
    }

    private static Document ok(Document response) {
        Utils.markOkay(response);
        return response;
    }

    private Document library(Channel channel, String database, String name, Document query) {
        return resolveDatabase(database)
                .handleCommand(channel, name, query, this::resolveDatabase, NoopOplog.get());
    }

    /** A search as before OP_MSG: no server of this release takes it, and no driver asks it. */
    @Override
    public QueryResult handleQuery(MongoQuery query) {
        throw Arguments.outdated("query");
    }

    private Document structure(
            Channel channel, String database, String command, String name, Document query) {
        return switch (command) {
            case "dropdatabase", "renamecollection" ->
                    super.handleCommand(channel, database, name, query);
            case "collmod" -> collMod(database, query);
            // Since MongoDB 7.0 it is no error to drop what is not there.
            case "drop" ->
                    resolveDatabase(database)
                                            .resolveCollection(Arguments.text(query, "drop"), false)
                                    == null
                            ? ok(new Document())
                            : library(channel, database, "drop", query);
            default -> library(channel, database, name, query);
        };
    }

    private Document collMod(String database, Document query) {
        if (query.get("index") instanceof Document change) {
            database(database).changeExpiry(Arguments.text(query, "collMod"), change);
        }
        return ok(new Document());
    }

    private Document read(
            Channel channel, String database, String command, String name, Document query) {
        if (SESSIONS.contains(command)) {
            return ok(new Document());
        }
        return switch (command) {
            case "hello", "ismaster" -> hello(command);
            case "listdatabases" -> listDatabases();
            case "connectionstatus" ->
                    ok(
                            new Document(
                                    "authInfo",
                                    new Document("authenticatedUsers", List.of())
                                            .append("authenticatedUserRoles", List.of())));
            case "find" -> {
                Arguments.cursor(query, FIRST_BATCH);
                yield library(channel, database, "find", query);
            }
            case "getmore" -> {
                Arguments.cursor(query, NEXT_BATCH);
                yield super.handleCommand(channel, database, "getMore", query);
            }
            case "aggregate" -> aggregate(channel, database, query);
            case "count", "distinct", "listcollections", "listindexes", "collstats", "dbstats" ->
                    library(channel, database, name, query);
            default -> super.handleCommand(channel, database, name, query);
        };
    }

    private Document hello(String command) {
        return ok(
                new Document(command.equals("hello") ? "isWritablePrimary" : "ismaster", true)
                        .append("helloOk", true)
                        .append("maxBsonObjectSize", StoreLimits.MAX_DOCUMENT_BYTES)
                        .append("maxMessageSizeBytes", limits.messageBytes())
                        .append("maxWriteBatchSize", limits.statements())
                        .append("localTime", Instant.now())
                        .append("minWireVersion", 0)
                        .append("maxWireVersion", VERSION.getWireVersion())
                        .append("readOnly", false));
    }

    private Document listDatabases() {
        var databases =
                file.databaseNames().stream()
                        .sorted()
                        .map(
                                name ->
                                        new Document("name", name)
                                                .append("sizeOnDisk", file.sizeInBytes())
                                                .append("empty", false))
                        .toList();
        return ok(new Document("databases", databases).append("totalSize", file.sizeInBytes()));
    }

    /** The library reads the whole collection; a leading $match is answered by an index here. */
    private Document aggregate(Channel channel, String database, Document query) {
        var pipeline = Aggregation.parse(query.get("pipeline"));
        var name = String.valueOf(query.get("aggregate"));
        var isWriting =
                pipeline.stream()
                        .anyMatch(
                                stage -> stage.containsKey("$out") || stage.containsKey("$merge"));
        if (isWriting || pipeline.stream().anyMatch(stage -> stage.containsKey("$changeStream"))) {
            throw new MongoServerError(
                    40324, "Location40324", "this store has no $out, $merge and $changeStream");
        }
        if (!pipeline.isEmpty()
                && pipeline.getFirst().get("$match") instanceof Document match
                && resolveDatabase(database).resolveCollection(name, false)
                        instanceof StoreCollection collection) {
            var rest =
                    Aggregation.fromPipeline(
                            pipeline.subList(1, pipeline.size()),
                            this::resolveDatabase,
                            resolveDatabase(database),
                            collection,
                            NoopOplog.get());
            rest.validate(query);
            return inBatches(rest.runStages(collection.find(match)), database + "." + name, query);
        }
        var cursor = Arguments.document(library(channel, database, "aggregate", query), "cursor");
        var all = new ArrayList<Document>();
        for (var document : Arguments.list(cursor, "firstBatch")) {
            all.add((Document) document);
        }
        return inBatches(all, database + "." + name, query);
    }

    private Document inBatches(List<Document> all, String namespace, Document query) {
        int asked =
                query.get("cursor") instanceof Document options
                                && options.get("batchSize") instanceof Number given
                        ? given.intValue()
                        : FIRST_BATCH;
        int size = Math.min(asked, all.size());
        var cursor = new Document("firstBatch", List.copyOf(all.subList(0, size)));
        if (size < all.size()) {
            var rest =
                    new InMemoryCursor(
                            getCursorRegistry().generateCursorId(),
                            List.copyOf(all.subList(size, all.size())));
            getCursorRegistry().add(rest);
            cursor.append("id", rest.getId());
        } else {
            cursor.append("id", 0L);
        }
        return ok(new Document("cursor", cursor.append("ns", namespace)));
    }
}
