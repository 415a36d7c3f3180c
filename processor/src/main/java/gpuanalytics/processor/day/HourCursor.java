package gpuanalytics.processor.day;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.Date;
import org.bson.BsonDocument;

/** The token rollups of one hour in the order of their series, read little by little. */
final class HourCursor implements AutoCloseable {

    /** All hours of a day are read side by side, so few of each are held. */
    private static final int HELD = 200;

    private final MongoCursor<BsonDocument> cursor;
    private BsonDocument next = new BsonDocument();
    private String series = "";

    HourCursor(MongoCollection<BsonDocument> rollups, Instant hour) {
        // an identity is the bucket, a bar and the series
        cursor =
                rollups.find(eq(StoreLayout.BUCKET, Date.from(hour)))
                        .projection(Projections.exclude(StoreLayout.WATERMARKS))
                        .sort(Sorts.ascending(StoreLayout.ID))
                        .batchSize(HELD)
                        .iterator();
    }

    /** Goes to the next rollup; false at the end. */
    boolean advance() {
        if (!cursor.hasNext()) {
            return false;
        }
        next = cursor.next();
        var id = next.getString(StoreLayout.ID).getValue();
        series = id.substring(id.indexOf('|') + 1);
        return true;
    }

    String series() {
        return series;
    }

    BsonDocument rollup() {
        return next;
    }

    @Override
    public void close() {
        cursor.close();
    }
}
