package gpuanalytics.processor.audit;

import gpuanalytics.processor.change.ChangedHour;
import gpuanalytics.processor.rollup.Granularity;
import gpuanalytics.processor.rollup.Recount;
import gpuanalytics.processor.rollup.Recount.RawRow;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonNumber;

/**
 * The rollup documents of one bucket, told one by one, beside what was counted anew.
 *
 * <p>What is under way is no difference: the claimed hour says up to which offset of each source
 * all rows are rolled up. Rows above that are left out, and so are documents that count any of
 * them; a mark follows them and has the hour looked at again.
 */
final class Comparison {

    /** One document that does not hold what it should. */
    record Difference(String collection, String id, String what) {}

    /** What a series should hold, and when the latest of what it was counted from was stored. */
    private static final class Expected {
        private final Recount recount;
        private long storedAtMillis = Long.MIN_VALUE;
        private boolean underWay;

        Expected(Recount recount) {
            this.recount = recount;
        }
    }

    private static final Duration LARGEST_MARGIN = Duration.ofHours(1);

    private final ChangedHour hour;
    private final String collection;
    private final RollupMath math;
    private final Instant now;
    private final Duration sourceRetention;
    private final Map<String, Expected> expected = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Difference> differences = new ArrayList<>();
    private long compared;

    /**
     * @param sourceRetention how long that is kept which the documents were counted from
     */
    Comparison(
            ChangedHour hour,
            String collection,
            RollupMath math,
            Instant now,
            Duration sourceRetention) {
        this.hour = hour;
        this.collection = collection;
        this.math = math;
        this.now = now;
        this.sourceRetention = sourceRetention;
    }

    /** What a raw row does in a minute, if it is surely rolled up. */
    void expect(RawRow row, long minute, BsonDocument raw) {
        if (row.offset() > hour.doneUpTo(row.source())) {
            return;
        }
        for (var effect : row.effects()) {
            if (effect.bucket(Granularity.MINUTE) == minute) {
                expected(effect.series(), raw).recount.add(effect);
            }
        }
    }

    /** What a finer rollup document counts in. */
    void expect(BsonDocument finer) {
        var entry = expected(seriesOf(finer), finer);
        entry.underWay |= isUnderWay(finer);
        entry.recount.add(finer);
    }

    private Expected expected(String series, BsonDocument countedFrom) {
        var entry =
                expected.computeIfAbsent(series, _ -> new Expected(new Recount(hour.kind(), math)));
        var storedAt = countedFrom.getDateTime(StoreLayout.STORED_AT).getValue();
        entry.storedAtMillis = Math.max(entry.storedAtMillis, storedAt);
        return entry;
    }

    /** Compares one document of the bucket. */
    void compare(BsonDocument rollup) {
        var series = seriesOf(rollup);
        seen.add(series);
        var entry = expected.get(series);
        if (isUnderWay(rollup) || (entry != null && entry.underWay) || mayHaveLostRows(rollup)) {
            return;
        }
        compared++;
        var difference =
                entry == null ? "nothing to count it from" : entry.recount.differenceTo(rollup);
        if (!difference.isEmpty()) {
            var id = rollup.getString(StoreLayout.ID).getValue();
            differences.add(new Difference(collection, id, difference));
        }
    }

    /**
     * What differs, after all documents of the bucket were told.
     *
     * @param bucket its start, in seconds since 1970
     * @param retention how long these documents are kept
     */
    List<Difference> differences(long bucket, Duration retention) {
        expected.forEach(
                (series, entry) -> {
                    // A document that is missing outlived its latest row by its own retention.
                    var expired = now.minus(retention).plus(margin(retention)).toEpochMilli();
                    if (!seen.contains(series)
                            && !entry.underWay
                            && entry.storedAtMillis > expired) {
                        differences.add(
                                new Difference(
                                        collection, bucket + "|" + series, "no such document"));
                    }
                });
        return differences;
    }

    /** How many documents were compared. */
    long compared() {
        return compared;
    }

    static String seriesOf(BsonDocument rollup) {
        var id = rollup.getString(StoreLayout.ID).getValue();
        return id.substring(id.indexOf('|') + 1);
    }

    /** Whether a document counts rows that are not surely rolled up everywhere. */
    private boolean isUnderWay(BsonDocument rollup) {
        return rollup.getDocument(StoreLayout.WATERMARKS, new BsonDocument()).entrySet().stream()
                .anyMatch(
                        mark ->
                                mark.getValue() instanceof BsonNumber offset
                                        && offset.longValue() > hour.doneUpTo(mark.getKey()));
    }

    /** Whether some of what it counts may have expired. */
    private boolean mayHaveLostRows(BsonDocument rollup) {
        var made = Instant.ofEpochMilli(rollup.getDateTime(StoreLayout.CREATED_AT).getValue());
        return made.isBefore(now.minus(sourceRetention).plus(margin(sourceRetention)));
    }

    private static Duration margin(Duration retention) {
        var quarter = retention.dividedBy(4);
        return quarter.compareTo(LARGEST_MARGIN) < 0 ? quarter : LARGEST_MARGIN;
    }
}
