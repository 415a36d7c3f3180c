package gpuanalytics.processor.rollup;

import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.bson.BsonNumber;
import org.jspecify.annotations.Nullable;

/** The guarded update of one rollup document by the rows of one partition. */
final class RollupUpdate {

    /**
     * A sum that grows by less cannot pass 64 bits in any number of updates an hour has room for;
     * one that grows by more is guarded.
     */
    private static final long GUARDED_GROWTH = 1_000_000_000_000L;

    private static final String WATERMARKS = StoreLayout.WATERMARKS + ".";

    private RollupUpdate() {}

    /**
     * Writes the update that adds the rollup's rows, if the document does not count any of them
     * yet: an element of the array of an update command.
     */
    static void write(BsonBytes out, PendingUpdate pending, Sums sums, Instant now) {
        int update = out.beginDocument();
        writeFilter(out, pending, sums);
        int change = out.begin("u");
        writeSums(out, pending, sums);
        int minima = out.begin("$min");
        sums.forEachRange((path, min, _) -> out.number(path.min(), min));
        out.endUnlessEmpty(minima, "$min");
        int maxima = out.begin("$max");
        sums.forEachRange((path, _, max) -> out.number(path.max(), max));
        out.endUnlessEmpty(maxima, "$max");
        int set = out.begin("$set");
        out.whole(WATERMARKS, pending.source(), pending.lastOffset());
        out.time(StoreLayout.STORED_AT, now.toEpochMilli());
        out.end(set);
        int made = out.begin("$setOnInsert");
        writeMade(out, pending, now);
        out.end(made);
        out.end(change);
        out.flag("upsert", true);
        out.end(update);
    }

    /**
     * Writes the document that the update makes where there is none: for an insert, which costs a
     * store less and needs no guard, as it fails where there is one.
     */
    static void writeDocument(BsonBytes out, PendingUpdate pending, Sums sums, Instant now) {
        int document = out.beginDocument();
        out.text(StoreLayout.ID, pending.id());
        sums.write(out);
        int watermarks = out.begin(StoreLayout.WATERMARKS);
        out.whole(pending.source(), pending.lastOffset());
        out.end(watermarks);
        out.time(StoreLayout.STORED_AT, now.toEpochMilli());
        writeMade(out, pending, now);
        out.end(document);
    }

    /**
     * The guard: whoever comes with rows that count already does not match, and its upsert fails on
     * the _id. "not at or above" also holds where there is no watermark yet.
     */
    private static void writeFilter(BsonBytes out, PendingUpdate pending, Sums sums) {
        int filter = out.begin("q");
        out.text(StoreLayout.ID, pending.id());
        writeNot(out, out.begin(WATERMARKS, pending.source()), "$gte", pending.firstOffset());
        sums.forEachSum(
                (path, by) -> {
                    if (by > GUARDED_GROWTH && !pending.isLeftOut(path)) {
                        writeNot(out, out.begin(path), "$gt", Long.MAX_VALUE - by);
                    }
                });
        out.end(filter);
    }

    private static void writeNot(BsonBytes out, int condition, String operator, long bound) {
        int not = out.begin("$not");
        out.whole(operator, bound);
        out.end(not);
        out.end(condition);
    }

    private static void writeSums(BsonBytes out, PendingUpdate pending, Sums sums) {
        int increments = out.begin("$inc");
        sums.forEachSum(
                (path, by) -> {
                    if (!pending.isLeftOut(path)) {
                        out.whole(path, by);
                    }
                });
        out.endUnlessEmpty(increments, "$inc");
    }

    /** What a document has from when it is made. */
    private static void writeMade(BsonBytes out, PendingUpdate pending, Instant now) {
        out.time(StoreLayout.BUCKET, pending.key().bucket() * 1000);
        pending.writeLabels(out);
        out.time(StoreLayout.CREATED_AT, now.toEpochMilli());
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
        var found = new AtomicBoolean();
        pending.sums(math)
                .forEachSum(
                        (path, by) -> {
                            if (by > GUARDED_GROWTH
                                    && number(document, path) > Long.MAX_VALUE - by
                                    && pending.leaveOut(path)) {
                                left.accept(path);
                                found.set(true);
                            }
                        });
        return found.get();
    }

    /** The number at a path of a document; 0 where there is none. */
    static long number(BsonDocument document, String path) {
        @Nullable Object found = document;
        for (var name : path.split("\\.", -1)) {
            found = found instanceof BsonDocument inner ? inner.get(name) : null;
        }
        return found instanceof BsonNumber number ? number.longValue() : 0;
    }
}
