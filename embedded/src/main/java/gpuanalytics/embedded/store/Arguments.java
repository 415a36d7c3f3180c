package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a command; one of the wrong type is the client's error. */
final class Arguments {

    private Arguments() {}

    static List<?> list(Document command, String field) {
        if (command.get(field) instanceof List<?> list) {
            return list;
        }
        throw wrong(command, field, "a list");
    }

    static Document document(Document command, String field) {
        if (command.get(field) instanceof Document document) {
            return document;
        }
        throw wrong(command, field, "a document");
    }

    static String text(Document command, String field) {
        if (command.get(field) instanceof String text) {
            return text;
        }
        throw wrong(command, field, "text");
    }

    static int number(Document command, String field) {
        if (command.get(field) instanceof Number number) {
            return number.intValue();
        }
        throw wrong(command, field, "a number");
    }

    private static MongoServerError wrong(Document command, String field, String expected) {
        @Nullable Object value = command.get(field);
        return new MongoServerError(
                14, "TypeMismatch", "%s is %s, expected %s".formatted(field, value, expected));
    }

    /**
     * Prepares a command whose answer comes in batches: the library takes 0 for "all at once".
     *
     * @param absent how many documents a batch has where the command does not say
     * @throws MongoServerError for a command that came by OP_QUERY, whose answers are written by
     *     the library and not by {@link AnswerEncoder}
     */
    static void cursor(Document query, int absent) {
        if (!query.containsKey("$db")) {
            throw outdated("command");
        }
        if (!(query.get("batchSize") instanceof Number size) || size.intValue() <= 0) {
            query.put("batchSize", absent);
        }
        if (Boolean.TRUE.equals(query.get("singleBatch"))
                && query.get("limit") instanceof Number limit) {
            query.put("batchSize", Math.max(1, Math.abs(limit.intValue())));
        }
    }

    /** What came by OP_QUERY, and is no greeting. */
    static MongoServerError outdated(String what) {
        return new MongoServerError(
                352, "UnsupportedOpQueryCommand", "Unsupported OP_QUERY " + what + ", use OP_MSG");
    }
}
