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
}
