package gpuanalytics.processor.decode;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonNumber;

/**
 * What was decided about an event when it was stored, and stays decided: whoever reads its record
 * again, under whatever configuration, counts it as its raw document says.
 *
 * @param overflow under which series it counts
 * @param assumedIntervalS the time that its sample was taken to stand for; NaN where nothing had to
 *     be assumed
 * @param counts what it counts where its fields do not say it
 */
public record Decided(Overflow overflow, double assumedIntervalS, DecidedCounts counts) {

    /** Nothing but the series. */
    public Decided(Overflow overflow) {
        this(overflow, Double.NaN);
    }

    /** No more than its fields say. */
    public Decided(Overflow overflow, double assumedIntervalS) {
        this(overflow, assumedIntervalS, DecidedCounts.NONE);
    }

    /** What a row carries, which its document says too. */
    public static Decided carriedBy(Row row) {
        return new Decided(row.overflow(), Double.NaN, row.values().counts());
    }

    /** Reads a stored raw document, of which it needs {@link #fields} alone. */
    public static Decided ofDocument(BsonDocument raw) {
        return new Decided(
                Overflow.of(raw.get(StoreLayout.OVERFLOW)),
                raw.get(StoreLayout.ASSUMED_INTERVAL_S) instanceof BsonNumber seconds
                        ? seconds.doubleValue()
                        : Double.NaN,
                DecidedCounts.ofDocument(raw));
    }

    /** The fields of a raw document that hold decisions. */
    public static List<String> fields() {
        var fields = new ArrayList<>(DecidedCounts.fields());
        fields.add(StoreLayout.OVERFLOW);
        fields.add(StoreLayout.ASSUMED_INTERVAL_S);
        return fields;
    }

    /** What a row says, as was decided. */
    public EventValues of(EventValues values) {
        var standing =
                Double.isNaN(assumedIntervalS) ? values : values.standingFor(assumedIntervalS);
        return standing.counts().equals(counts) ? standing : standing.counting(counts);
    }
}
