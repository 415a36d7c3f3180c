package gpuanalytics.processor.store;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import com.mongodb.bulk.BulkWriteError;
import java.util.Set;

/**
 * What the store's error codes mean for a write. A code that is not known here is taken for
 * passing: to try once too often is harmless, to give a good record up is not. FerretDB answers
 * code 1 on an open connection while its database restarts.
 */
public final class StoreErrors {

    private static final int DUPLICATE_KEY = 11000;
    private static final int BAD_VALUE = 2;
    private static final int BSON_OBJECT_TOO_LARGE = 10334;
    private static final int DOCUMENT_VALIDATION_FAILURE = 121;

    /** A key too large for an index, by servers before 4.2. */
    private static final int KEY_TOO_LONG = 17280;

    private static final Set<Integer> TOO_LARGE = Set.of(BSON_OBJECT_TOO_LARGE, KEY_TOO_LONG);
    private static final Set<Integer> INVALID = Set.of(BAD_VALUE, DOCUMENT_VALIDATION_FAILURE);

    private StoreErrors() {}

    /** A document with this {@code _id} is there. */
    public static boolean isDuplicate(BulkWriteError error) {
        return error.getCode() == DUPLICATE_KEY;
    }

    /** The document will never fit. */
    public static boolean isTooLarge(BulkWriteError error) {
        return TOO_LARGE.contains(error.getCode());
    }

    /** The document will never be taken. */
    public static boolean isInvalid(BulkWriteError error) {
        return INVALID.contains(error.getCode());
    }

    /** The first failure of a bulk that is no duplicate, with the store's code and word. */
    public static MongoException firstPassing(MongoBulkWriteException failure) {
        var concern = failure.getWriteConcernError();
        if (concern != null) {
            return coded(concern.getCode(), concern.getMessage());
        }
        return failure.getWriteErrors().stream()
                .filter(error -> !isDuplicate(error))
                .findFirst()
                .map(error -> coded(error.getCode(), error.getMessage()))
                .orElse(failure);
    }

    private static MongoException coded(int code, String message) {
        return new MongoException(code, "error %d %s".formatted(code, message));
    }

    /** What failed, for a metric: the store's code, or the name of the failure. */
    public static String label(Throwable failure) {
        return failure instanceof MongoException store && store.getCode() > 0
                ? Integer.toString(store.getCode())
                : failure.getClass().getSimpleName();
    }
}
