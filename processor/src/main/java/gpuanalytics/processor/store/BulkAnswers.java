package gpuanalytics.processor.store;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.BulkWriteUpsert;
import com.mongodb.bulk.WriteConcernError;
import gpuanalytics.processor.store.WriteCommand.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** What the store has answered to the commands of one list of documents or updates. */
final class BulkAnswers {

    private final List<BulkWriteError> errors = new ArrayList<>();
    private @Nullable WriteConcernError concern;
    private final List<BulkWriteUpsert> made = new ArrayList<>();
    private int written;

    /**
     * Takes an answer up.
     *
     * @param from the place in the list of the command's first document
     */
    void add(BsonDocument answer, int from) {
        written += answer.getNumber("n", new BsonInt32(0)).intValue();
        if (answer.get("upserted") instanceof BsonArray upserts) {
            upserts.forEach(each -> made.add(upsert(each.asDocument(), from)));
        }
        if (answer.get("writeErrors") instanceof BsonArray failed) {
            failed.forEach(error -> errors.add(error(error.asDocument(), from)));
        }
        if (answer.get("writeConcernError") instanceof BsonDocument unsure) {
            concern =
                    new WriteConcernError(
                            code(unsure),
                            text(unsure.get("codeName")),
                            text(unsure.get("errmsg")),
                            unsure.getDocument("errInfo", new BsonDocument()));
        }
    }

    /**
     * Throws what the driver's own insert or update would have thrown.
     *
     * @throws MongoBulkWriteException unless all is done, on a majority
     */
    void requireDone(Kind kind, ServerAddress server) {
        if (errors.isEmpty() && concern == null) {
            return;
        }
        var result =
                switch (kind) {
                    case INSERT ->
                            BulkWriteResult.acknowledged(written, 0, 0, 0, List.of(), List.of());
                    case UPDATE ->
                            BulkWriteResult.acknowledged(
                                    0, written - made.size(), 0, 0, made, List.of());
                };
        throw new MongoBulkWriteException(result, errors, concern, server, Set.of());
    }

    /** How many documents updates have made. */
    int made() {
        return made.size();
    }

    private static BulkWriteUpsert upsert(BsonDocument upsert, int from) {
        return new BulkWriteUpsert(
                from + upsert.getNumber("index").intValue(), upsert.get(StoreLayout.ID));
    }

    private static BulkWriteError error(BsonDocument error, int from) {
        return new BulkWriteError(
                code(error),
                text(error.get("errmsg")),
                error.getDocument("errInfo", new BsonDocument()),
                from + error.getNumber("index").intValue());
    }

    private static int code(BsonDocument error) {
        return error.getNumber("code").intValue();
    }

    private static String text(@Nullable BsonValue value) {
        return value instanceof BsonString text ? text.getValue() : "";
    }
}
