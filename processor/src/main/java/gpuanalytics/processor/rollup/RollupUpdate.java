package gpuanalytics.processor.rollup;

import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.function.Consumer;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt64;
import org.bson.BsonNumber;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** The guarded update of one rollup document by the rows of one partition. */
final class RollupUpdate {

    /**
     * A sum that grows by less cannot pass 64 bits in any number of updates an hour has room for;
     * one that grows by more is guarded.
     */
    private static final long GUARDED_GROWTH = 1_000_000_000_000L;

    private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);

    private RollupUpdate() {}

    /** The update that adds the rollup's rows, if the document does not count any of them yet. */
    static UpdateOneModel<RawBsonDocument> of(PendingUpdate pending, RollupMath math, Instant now) {
        var watermark = StoreLayout.WATERMARKS + "." + pending.source();
        var filter = new BsonDocument(StoreLayout.ID, new BsonString(pending.key().id()));
        // The guard: whoever comes with rows that count already does not match, and its upsert
        // fails on the _id. "not at or above" also holds where there is no watermark yet.
        filter.append(watermark, not("$gte", pending.firstOffset()));
        var sums = pending.sums(math);
        var increments = new BsonDocument();
        sums.forEachSum(
                (path, by) -> {
                    if (pending.leftOut().contains(path)) {
                        return;
                    }
                    increments.append(path, new BsonInt64(by));
                    if (by > GUARDED_GROWTH) {
                        filter.append(path, not("$gt", Long.MAX_VALUE - by));
                    }
                });
        var minima = new BsonDocument();
        var maxima = new BsonDocument();
        sums.forEachRange(
                (path, min, max) -> {
                    minima.append(path.min(), new BsonDouble(min));
                    maxima.append(path.max(), new BsonDouble(max));
                });
        var stamp = new BsonDateTime(now.toEpochMilli());
        var update = new BsonDocument();
        if (!increments.isEmpty()) {
            update.append("$inc", increments);
        }
        if (!minima.isEmpty()) {
            update.append("$min", minima).append("$max", maxima);
        }
        update.append(
                "$set",
                new BsonDocument(watermark, new BsonInt64(pending.lastOffset()))
                        .append(StoreLayout.STORED_AT, stamp));
        update.append("$setOnInsert", made(pending, stamp));
        return new UpdateOneModel<>(filter, update, UPSERT);
    }

    /** What a document has from when it is made. */
    private static BsonDocument made(PendingUpdate pending, BsonDateTime stamp) {
        var bucket = new BsonDateTime(pending.key().bucket() * 1000);
        var made = new BsonDocument(StoreLayout.BUCKET, bucket);
        made.putAll(pending.labels());
        return made.append(StoreLayout.CREATED_AT, stamp);
    }

    /**
     * The offset up to which a document counts the rows of a partition; -1 where it counts none.
     */
    static long watermark(BsonDocument document, String source) {
        var watermarks = document.getDocument(StoreLayout.WATERMARKS, new BsonDocument());
        return watermarks.get(source) instanceof BsonNumber offset ? offset.longValue() : -1;
    }

    /** Leaves out the sums that no longer fit; returns whether there is one. */
    static boolean leaveOutWhatDoesNotFit(
            PendingUpdate pending, RollupMath math, BsonDocument document, Consumer<String> left) {
        var before = pending.leftOut().size();
        pending.sums(math)
                .forEachSum(
                        (path, by) -> {
                            if (by > GUARDED_GROWTH
                                    && number(document, path) > Long.MAX_VALUE - by
                                    && pending.leftOut().add(path)) {
                                left.accept(path);
                            }
                        });
        return pending.leftOut().size() > before;
    }

    /** The number at a path of a document; 0 where there is none. */
    static long number(BsonDocument document, String path) {
        @Nullable Object found = document;
        for (var name : path.split("\\.", -1)) {
            found = found instanceof BsonDocument inner ? inner.get(name) : null;
        }
        return found instanceof BsonNumber number ? number.longValue() : 0;
    }

    private static BsonDocument not(String operator, long bound) {
        return new BsonDocument("$not", new BsonDocument(operator, new BsonInt64(bound)));
    }
}
