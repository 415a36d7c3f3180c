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

/** insert, update, delete and findAndModify, statement by statement. */
final class Writes {

    static final Set<String> COMMANDS = Set.of("insert", "update", "delete", "findandmodify");

    private final DatabaseResolver databases;

    Writes(DatabaseResolver databases) {
        this.databases = databases;
    }

    Document run(Channel channel, String database, String command, Document query) {
        return switch (command) {
            case "insert" -> insert(channel, database, query);
            case "update" -> update(channel, database, query);
            case "delete" -> delete(channel, database, query);
            case "findandmodify" -> findAndModify(channel, database, query);
            default -> throw new IllegalArgumentException(command);
        };
    }

    private Document library(Channel channel, String database, String command, Document query) {
        return databases
                .resolve(database)
                .handleCommand(channel, command, query, databases, NoopOplog.get());
    }

    private Document insert(Channel channel, String database, Document query) {
        var given = Arguments.list(query, "documents").stream().map(Writes::idFirst).toList();
        query.put("ordered", isOrdered(query));
        query.put("documents", given);
        var response = library(channel, database, "insert", query);
        if (response.get("writeErrors") instanceof List<?> errors && !errors.isEmpty()) {
            int firstError = Arguments.number((Document) errors.getFirst(), "index");
            response.put("n", isOrdered(query) ? firstError : given.size() - errors.size());
        }
        return response;
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
        int matched = 0;
        int modified = 0;
        var upserted = new ArrayList<Document>();
        var errors = new ArrayList<Document>();
        var statements = Arguments.list(query, "updates");
        for (int i = 0; i < statements.size() && (errors.isEmpty() || !isOrdered(query)); i++) {
            try {
                var result = single(channel, database, query, "update", statements.get(i));
                matched += Arguments.number(result, "n");
                modified += Arguments.number(result, "nModified");
                if (result.get("upserted") instanceof List<?> ids && !ids.isEmpty()) {
                    var id = ((Document) ids.getFirst()).get("_id");
                    upserted.add(new Document("index", i).append("_id", id));
                }
            } catch (MongoServerException e) {
                errors.add(writeError(i, e));
            }
        }
        var response = new Document("n", matched).append("nModified", modified);
        if (!upserted.isEmpty()) {
            response.append("upserted", upserted);
        }
        return finished(response, errors);
    }

    private Document delete(Channel channel, String database, Document query) {
        int deleted = 0;
        var errors = new ArrayList<Document>();
        var statements = Arguments.list(query, "deletes");
        for (int i = 0; i < statements.size() && (errors.isEmpty() || !isOrdered(query)); i++) {
            try {
                var result = single(channel, database, query, "delete", statements.get(i));
                deleted += Arguments.number(result, "n");
            } catch (MongoServerException e) {
                errors.add(writeError(i, e));
            }
        }
        return finished(new Document("n", deleted), errors);
    }

    /** Runs one statement of an update or delete; its failure is thrown. */
    private Document single(
            Channel channel, String database, Document query, String command, Object statement) {
        if (((Document) statement).get("u") instanceof List) {
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
