package gpuanalytics.bench.store;

import java.time.Instant;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.types.ObjectId;

/** What a primary of MongoDB 8 answers when everything goes well and nothing is there. */
final class StoreReplies {

    private static final int MAX_WIRE_VERSION = 25;
    private static final int COMMAND_NOT_FOUND = 59;

    private final String address;

    /**
     * @param address host:port, where clients shall find the primary
     */
    StoreReplies(String address) {
        this.address = address;
    }

    BsonDocument hello() {
        return new BsonDocument("ismaster", BsonBoolean.TRUE)
                .append("isWritablePrimary", BsonBoolean.TRUE)
                .append("helloOk", BsonBoolean.TRUE)
                .append("setName", new BsonString("rs0"))
                .append("setVersion", new BsonInt32(1))
                .append("secondary", BsonBoolean.FALSE)
                .append("electionId", new BsonObjectId(new ObjectId("7fffffff0000000000000001")))
                .append("hosts", new BsonArray(List.of(new BsonString(address))))
                .append("primary", new BsonString(address))
                .append("me", new BsonString(address))
                .append("maxBsonObjectSize", new BsonInt32(16 << 20))
                .append("maxMessageSizeBytes", new BsonInt32(48_000_000))
                .append("maxWriteBatchSize", new BsonInt32(100_000))
                .append("localTime", new BsonDateTime(Instant.now().toEpochMilli()))
                .append("logicalSessionTimeoutMinutes", new BsonInt32(30))
                .append("connectionId", new BsonInt32(1))
                .append("minWireVersion", new BsonInt32(0))
                .append("maxWireVersion", new BsonInt32(MAX_WIRE_VERSION))
                .append("readOnly", BsonBoolean.FALSE)
                .append("ok", new BsonDouble(1));
    }

    BsonDocument done() {
        return new BsonDocument("ok", new BsonDouble(1));
    }

    BsonDocument written(int documents) {
        return new BsonDocument("n", new BsonInt32(documents)).append("ok", new BsonDouble(1));
    }

    /**
     * Every update finds its document but those that are told to have made one.
     *
     * @param made the place and the identity of each that has
     */
    BsonDocument updated(int documents, BsonArray made) {
        var reply =
                new BsonDocument("n", new BsonInt32(documents))
                        .append("nModified", new BsonInt32(documents - made.size()))
                        .append("ok", new BsonDouble(1));
        return made.isEmpty() ? reply : reply.append("upserted", made);
    }

    /** To the command of MongoDB 8 that writes to several collections at once. */
    BsonDocument bulkWritten(int documents) {
        return cursor("admin.$cmd.bulkWrite", new BsonArray())
                .append("nErrors", new BsonInt32(0))
                .append("nInserted", new BsonInt32(0))
                .append("nUpserted", new BsonInt32(0))
                .append("nMatched", new BsonInt32(documents))
                .append("nModified", new BsonInt32(documents))
                .append("nDeleted", new BsonInt32(0));
    }

    /** A cursor that has no more than these. */
    BsonDocument cursor(String namespace, BsonArray documents) {
        return new BsonDocument(
                        "cursor",
                        new BsonDocument("id", new BsonInt64(0))
                                .append("ns", new BsonString(namespace))
                                .append("firstBatch", documents))
                .append("ok", new BsonDouble(1));
    }

    BsonDocument indexed() {
        return new BsonDocument("numIndexesBefore", new BsonInt32(1))
                .append("numIndexesAfter", new BsonInt32(2))
                .append("createdCollectionAutomatically", BsonBoolean.FALSE)
                .append("ok", new BsonDouble(1));
    }

    BsonDocument modified() {
        return new BsonDocument(
                        "lastErrorObject",
                        new BsonDocument("n", new BsonInt32(0))
                                .append("updatedExisting", BsonBoolean.FALSE))
                .append("value", BsonNull.VALUE)
                .append("ok", new BsonDouble(1));
    }

    BsonDocument values() {
        return new BsonDocument("values", new BsonArray()).append("ok", new BsonDouble(1));
    }

    BsonDocument unknown(String command) {
        return new BsonDocument("ok", new BsonDouble(0))
                .append("code", new BsonInt32(COMMAND_NOT_FOUND))
                .append("codeName", new BsonString("CommandNotFound"))
                .append("errmsg", new BsonString("no such command: '" + command + "'"));
    }
}
