package gpuanalytics.processor.rollup;

import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import gpuanalytics.event.TokenUsage;
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
    static UpdateOneModel<RawBsonDocument> of(Rollup rollup, RollupMath math, Instant now) {
        var watermark = StoreLayout.WATERMARKS + "." + rollup.source();
        var filter = new BsonDocument(StoreLayout.ID, new BsonString(rollup.key().id()));
        // The guard: whoever comes with rows that count already does not match, and its upsert
        // fails on the _id. "not at or above" also holds where there is no watermark yet.
        filter.append(watermark, not("$gte", rollup.firstOffset()));
        var sums = rollup.sums(math);
        var increments = new BsonDocument();
        sums.forEachSum(
                (path, by) -> {
                    if (rollup.leftOut().contains(path)) {
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
                    minima.append(path + "." + StoreLayout.MIN, new BsonDouble(min));
                    maxima.append(path + "." + StoreLayout.MAX, new BsonDouble(max));
                });
        var stamp = new BsonDateTime(now.toEpochMilli());
        var update = new BsonDocument();
        update.append("$inc", increments);
        if (!minima.isEmpty()) {
            update.append("$min", minima).append("$max", maxima);
        }
        update.append(
                "$set",
                new BsonDocument(watermark, new BsonInt64(rollup.lastOffset()))
                        .append(StoreLayout.STORED_AT, stamp));
        update.append("$setOnInsert", labels(rollup).append(StoreLayout.CREATED_AT, stamp));
        return new UpdateOneModel<>(filter, update, UPSERT);
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
            Rollup rollup, RollupMath math, BsonDocument document, Consumer<String> left) {
        var before = rollup.leftOut().size();
        rollup.sums(math)
                .forEachSum(
                        (path, by) -> {
                            if (by > GUARDED_GROWTH
                                    && number(document, path) > Long.MAX_VALUE - by
                                    && rollup.leftOut().add(path)) {
                                left.accept(path);
                            }
                        });
        return rollup.leftOut().size() > before;
    }

    /** The number at a path of a document; 0 where there is none. */
    static long number(BsonDocument document, String path) {
        @Nullable Object found = document;
        for (var name : path.split("\\.", -1)) {
            found = found instanceof BsonDocument inner ? inner.get(name) : null;
        }
        return found instanceof BsonNumber number ? number.longValue() : 0;
    }

    private static BsonDocument labels(Rollup rollup) {
        var labels = new BsonDocument();
        labels.append(StoreLayout.BUCKET, new BsonDateTime(rollup.key().bucket() * 1000));
        if (rollup.key().series().equals(SeriesKey.other())
                && rollup.key().kind() == RollupKind.TOKEN) {
            return labels.append(TokenUsage.MODEL.name(), new BsonString(StoreLayout.OTHER));
        }
        var names = rollup.key().kind().labels();
        for (int i = 0; i < names.size(); i++) {
            var value = rollup.first().label(i);
            if (value != null) {
                labels.append(names.get(i), value);
            }
        }
        return labels;
    }

    private static BsonDocument not(String operator, long bound) {
        return new BsonDocument("$not", new BsonDocument(operator, new BsonInt64(bound)));
    }
}
