package gpuanalytics.processor.day;

import com.mongodb.client.MongoCollection;
import gpuanalytics.processor.query.TokenDays;
import gpuanalytics.processor.store.Runs;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import org.bson.BsonBinary;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/**
 * Stores the rollups of a day, many in a document and one after the other as bytes: to a store and
 * its driver each document and each field of one costs more than what is in it.
 */
final class TokenDayParts {

    /** With nine labels of the longest, far below the largest document. */
    private static final int SERIES_PER_PART = 250;

    private final MongoCollection<BsonDocument> collection;
    private final Instant day;
    private final String run;
    private final Instant now;
    private final BsonDocumentCodec codec = new BsonDocumentCodec();
    private BasicOutputBuffer open = new BasicOutputBuffer();
    private int held;
    private long series;
    private int parts;

    TokenDayParts(MongoCollection<BsonDocument> collection, Instant day, String run, Instant now) {
        this.collection = collection;
        this.day = day;
        this.run = run;
        this.now = now;
    }

    void add(BsonDocument rollup) {
        try (var writer = new BsonBinaryWriter(open)) {
            codec.encode(writer, rollup, EncoderContext.builder().build());
        }
        series++;
        if (++held == SERIES_PER_PART) {
            end();
        }
    }

    /** Stores what is left. */
    void end() {
        if (held == 0) {
            return;
        }
        collection.insertOne(
                new BsonDocument(
                                StoreLayout.ID,
                                new BsonString("%s|%s|%d".formatted(Runs.id(day), run, parts++)))
                        .append(StoreLayout.SCOPE, new BsonString(TokenDays.PART))
                        .append(StoreLayout.BUCKET, new BsonDateTime(day.toEpochMilli()))
                        .append(Runs.RUN, new BsonString(run))
                        .append(TokenDays.ROLLUPS, new BsonBinary(open.toByteArray()))
                        .append(StoreLayout.STORED_AT, new BsonDateTime(now.toEpochMilli())));
        open = new BasicOutputBuffer();
        held = 0;
    }

    /** How many rollups there are. */
    long series() {
        return series;
    }
}
