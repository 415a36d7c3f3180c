package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.backend.DatabaseResolver;
import de.bwaldvogel.mongo.backend.Utils;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.oplog.NoopOplog;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * insert, update, delete and findAndModify. A command is taken in steps of a few documents, so that
 * what it changes need not lie in memory together; only an update of many documents is one step.
 */
final class Writes {

    static final Set<String> COMMANDS = Set.of("insert", "update", "delete", "findandmodify");

    /** Documents of a step; in random order each of them changes a page of its own. */
    static final int STEP = 32;

    private final DatabaseResolver databases;
    private final DocumentFile file;

    Writes(DatabaseResolver databases, DocumentFile file) {
        this.databases = databases;
        this.file = file;
    }

    Document run(Channel channel, String database, String command, Document query) {
        return switch (command) {
            case "insert" -> insert(channel, database, query);
            case "update" -> update(channel, database, query);
            case "delete" -> delete(channel, database, query);
            case "findandmodify" -> file.apply(() -> findAndModify(channel, database, query));
            default -> throw new IllegalArgumentException(command);
        };
    }

    private Document library(Channel channel, String database, String command, Document query) {
        return databases
                .resolve(database)
                .handleCommand(channel, command, query, databases, NoopOplog.get());
    }

    private Document insert(Channel channel, String database, Document query) {
        var tally = new Tally();
        var all = Arguments.list(query, "documents");
        for (int i = 0; i < all.size() && tally.goesOn(query); i += STEP) {
            int from = i;
            var step = all.subList(from, Math.min(from + STEP, all.size()));
            file.apply(() -> insert(channel, database, query, from, step, tally));
        }
        return finished(new Document("n", tally.n), tally.errors);
    }

    /** Inserts some of a command's documents, the first of which has this place in it. */
    private Tally insert(
            Channel channel,
            String database,
            Document query,
            int from,
            List<?> documents,
            Tally tally) {
        var step = new Document(query);
        step.put("ordered", isOrdered(query));
        step.put("documents", documents.stream().map(Writes::idFirst).toList());
        var response = library(channel, database, "insert", step);
        var failed =
                response.get("writeErrors") instanceof List<?> errors
                        ? errors.stream().map(Document.class::cast).toList()
                        : List.<Document>of();
        tally.n +=
                isOrdered(query) && !failed.isEmpty()
                        ? Arguments.number(failed.getFirst(), "index")
                        : documents.size() - failed.size();
        for (var error : failed) {
            error.put("index", from + Arguments.number(error, "index"));
            tally.errors.add(error);
        }
        return tally;
    }

    /** MongoDB stores _id as the first field wherever the client put it. */
    private static Document idFirst(Object given) {
        var document = (Document) given;
        var stored =
                new Document(
                        "_id", document.containsKey("_id") ? document.get("_id") : new ObjectId());
        document.forEach(stored::putIfAbsent);
        return stored;
    }

    private Document update(Channel channel, String database, Document query) {
        var tally =
                each(
                        query,
                        "updates",
                        update ->
                                file.apply(
                                        () -> single(channel, database, query, "update", update)));
        var response = new Document("n", tally.n).append("nModified", tally.modified);
        if (!tally.upserted.isEmpty()) {
            response.append("upserted", tally.upserted);
        }
        return finished(response, tally.errors);
    }

    private Document delete(Channel channel, String database, Document query) {
        var tally =
                each(
                        query,
                        "deletes",
                        delete ->
                                Integer.valueOf(0).equals(delete.get("limit"))
                                        ? deleteMany(database, query, delete)
                                        : file.apply(
                                                () ->
                                                        single(
                                                                channel, database, query, "delete",
                                                                delete)));
        return finished(new Document("n", tally.n), tally.errors);
    }

    private Document deleteMany(String database, Document query, Document statement) {
        var name = Arguments.text(query, "delete");
        var selector = Arguments.document(statement, "q");
        long deleted = 0;
        if (databases.resolve(database).resolveCollection(name, false)
                instanceof StoreCollection collection) {
            deleted = deleteInSteps(file, collection, selector);
        }
        return new Document("n", deleted);
    }

    /** Deletes what matches and tells how many documents that were; others write meanwhile. */
    static long deleteInSteps(DocumentFile file, StoreCollection collection, Document selector) {
        long deleted = 0;
        int now;
        do {
            now = file.apply(() -> collection.deleteDocuments(selector, STEP, NoopOplog.get()));
            deleted += now;
        } while (now == STEP);
        return deleted;
    }

    /** Takes the statements of a command one by one, until one fails that others follow. */
    private static Tally each(Document query, String name, Function<Document, Document> statement) {
        var tally = new Tally();
        var all = Arguments.list(query, name);
        for (int i = 0; i < all.size() && tally.goesOn(query); i++) {
            try {
                tally.add(i, statement.apply((Document) all.get(i)));
            } catch (MongoServerException e) {
                tally.errors.add(writeError(i, e));
            }
        }
        return tally;
    }

    /** What the statements of a command have come to so far. */
    private static final class Tally {

        private final List<Document> upserted = new ArrayList<>();
        private final List<Document> errors = new ArrayList<>();
        private int n;
        private int modified;

        private boolean goesOn(Document query) {
            return errors.isEmpty() || !isOrdered(query);
        }

        private void add(int index, Document result) {
            n += Arguments.number(result, "n");
            modified += result.get("nModified") instanceof Number number ? number.intValue() : 0;
            if (result.get("upserted") instanceof List<?> ids && !ids.isEmpty()) {
                var id = ((Document) ids.getFirst()).get("_id");
                upserted.add(new Document("index", index).append("_id", id));
            }
        }
    }

    /** Runs one statement of an update or delete; its failure is thrown. */
    private Document single(
            Channel channel, String database, Document query, String command, Document statement) {
        if (statement.get("u") instanceof List) {
            throw new MongoServerError(
                    9, "FailedToParse", "this store has no updates by an aggregation pipeline");
        }
        var response =
                library(
                        channel,
                        database,
                        command,
                        new Document(command, query.get(command))
                                .append(command + "s", List.of(statement)));
        throwFirstError(response);
        return response;
    }

    private Document findAndModify(Channel channel, String database, Document query) {
        // The library knows the command by this spelling only.
        var spelled = new Document("findAndModify", query.values().iterator().next());
        query.forEach(spelled::putIfAbsent);
        var response = library(channel, database, "findAndModify", spelled);
        response.putIfAbsent(
                "lastErrorObject",
                new Document("n", response.get("value") == null ? 0 : 1)
                        .append("updatedExisting", false));
        return response;
    }

    private static void throwFirstError(Document response) {
        if (response.get("writeErrors") instanceof List<?> errors && !errors.isEmpty()) {
            var error = (Document) errors.getFirst();
            int code = error.get("code") instanceof Number given ? given.intValue() : 8;
            var name = error.get("codeName") instanceof String given ? given : "UnknownError";
            throw new MongoServerError(code, name, String.valueOf(error.get("errmsg")));
        }
    }

    private static Document writeError(int index, MongoServerException e) {
        return new Document("index", index)
                .append("code", e instanceof MongoServerError known ? known.getCode() : 8)
                .append("errmsg", e.getMessageWithoutErrorCode());
    }

    private static Document finished(Document response, List<Document> errors) {
        if (!errors.isEmpty()) {
            response.append("writeErrors", errors);
        }
        Utils.markOkay(response);
        return response;
    }

    private static boolean isOrdered(Document query) {
        return !Boolean.FALSE.equals(query.get("ordered"));
    }
}
