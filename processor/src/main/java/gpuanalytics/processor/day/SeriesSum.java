package gpuanalytics.processor.day;

import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.Set;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonNumber;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * Adds up the hour rollups of one series into one document of the same form, whose bucket is the
 * day: smallest and largest values stay what they are, labels are those of the series, and all else
 * that is a number is a sum.
 */
final class SeriesSum {

    /** What is said of a document and not of its events, or is set for the day. */
    private static final Set<String> LEFT_OUT =
            Set.of(
                    StoreLayout.ID,
                    StoreLayout.BUCKET,
                    StoreLayout.WATERMARKS,
                    StoreLayout.STORED_AT,
                    StoreLayout.CREATED_AT);

    private final BsonDocument sum;

    SeriesSum(Instant day, String series) {
        sum =
                new BsonDocument(
                                StoreLayout.ID, new BsonString(day.getEpochSecond() + "|" + series))
                        .append(StoreLayout.BUCKET, new BsonDateTime(day.toEpochMilli()));
    }

    /**
     * Adds a rollup.
     *
     * @throws ArithmeticException when a sum leaves 64 bits
     */
    void add(BsonDocument rollup) {
        rollup.forEach(
                (name, value) -> {
                    if (!LEFT_OUT.contains(name)) {
                        add(sum, name, value);
                    }
                });
    }

    BsonDocument document() {
        return sum;
    }

    private static void add(BsonDocument to, String name, BsonValue value) {
        if (value instanceof BsonDocument parts) {
            var sums = to.getDocument(name, new BsonDocument());
            to.putIfAbsent(name, sums);
            parts.forEach((part, more) -> add(sums, part, more));
        } else if (value instanceof BsonNumber number) {
            to.put(
                    name,
                    to.get(name) instanceof BsonNumber before
                            ? together(name, before, number)
                            : number);
        } else {
            // a label: the same in all rollups of a series
            to.putIfAbsent(name, value);
        }
    }

    private static BsonNumber together(String name, BsonNumber a, BsonNumber b) {
        return switch (name) {
            case StoreLayout.MIN -> a.doubleValue() <= b.doubleValue() ? a : b;
            case StoreLayout.MAX -> a.doubleValue() >= b.doubleValue() ? a : b;
            default -> new BsonInt64(Math.addExact(a.longValue(), b.longValue()));
        };
    }
}
