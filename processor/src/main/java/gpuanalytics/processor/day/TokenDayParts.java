package gpuanalytics.processor.day;

import com.mongodb.client.MongoCollection;
import gpuanalytics.processor.query.TokenDays;
import gpuanalytics.processor.store.Runs;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;

/** Stores the rollups of a day, many in a document: each document of its own costs a store more. */
final class TokenDayParts {

    /** With nine labels of the longest, far below the largest document. */
    private static final int SERIES_PER_PART = 250;

    private final MongoCollection<BsonDocument> collection;
    private final Instant day;
    private final String run;
    private final Instant now;
    private BsonArray open = new BsonArray();
    private long series;
    private int parts;

    TokenDayParts(MongoCollection<BsonDocument> collection, Instant day, String run, Instant now) {
        this.collection = collection;
        this.day = day;
        this.run = run;
        this.now = now;
    }

    void add(BsonDocument rollup) {
        open.add(rollup);
        series++;
        if (open.size() == SERIES_PER_PART) {
            end();
        }
    }

    /** Stores what is left. */
    void end() {
        if (open.isEmpty()) {
            return;
        }
        collection.insertOne(
                new BsonDocument(
                                StoreLayout.ID,
                                new BsonString("%s|%s|%d".formatted(Runs.id(day), run, parts++)))
                        .append(StoreLayout.SCOPE, new BsonString(TokenDays.PART))
                        .append(StoreLayout.BUCKET, new BsonDateTime(day.toEpochMilli()))
                        .append(Runs.RUN, new BsonString(run))
                        .append(TokenDays.ROLLUPS, open)
                        .append(StoreLayout.STORED_AT, new BsonDateTime(now.toEpochMilli())));
        open = new BsonArray();
    }

    /** How many rollups there are. */
    long series() {
        return series;
    }
}
