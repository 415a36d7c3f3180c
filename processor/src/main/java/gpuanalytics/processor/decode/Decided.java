package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.store.StoreLayout;
import java.util.List;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonNumber;

/**
 * What was decided about an event when it was stored, and stays decided: whoever reads its record
 * again, under whatever configuration, counts it as its raw document says.
 *
 * @param overflow under which series it counts
 * @param assumedIntervalS the time that its sample was taken to stand for; NaN where nothing had to
 *     be assumed
 * @param role how it counts beside others of its identity
 * @param asAtFirst whether it is a usage with labels that were added after it had been stored, see
 *     {@link Labels#atFirst}
 * @param counts what it counts where its fields do not say it
 */
public record Decided(
        Overflow overflow,
        double assumedIntervalS,
        Role role,
        boolean asAtFirst,
        DecidedCounts counts) {

    /** Nothing but what the row says, under its own series, as of nearly all. */
    public static final Decided NOTHING = new Decided(Overflow.NONE);

    private static final List<String> ADDED_LABELS =
            Labels.added(EventTopic.TOKEN_USAGE).stream().map(Field::name).toList();

    /** The first word of its identity, and nothing but its series. */
    public Decided(Overflow overflow) {
        this(overflow, Double.NaN);
    }

    /** The first word of its identity. */
    public Decided(Overflow overflow, double assumedIntervalS) {
        this(overflow, assumedIntervalS, Role.WHOLE);
    }

    /** All of what the row says is counted, and no more than its fields say. */
    public Decided(Overflow overflow, double assumedIntervalS, Role role) {
        this(overflow, assumedIntervalS, role, false, DecidedCounts.NONE);
    }

    /** The first word of its identity, as its row carries it and its document says. */
    public static Decided carriedBy(Row row) {
        var counts = row.values().counts();
        return row.overflow() == Overflow.NONE && counts.equals(DecidedCounts.NONE)
                ? NOTHING
                : new Decided(row.overflow(), Double.NaN, Role.WHOLE, false, counts);
    }

    /** Reads a stored raw document, of which it needs {@link #fieldsRead} alone. */
    public static Decided ofDocument(EventTopic topic, BsonDocument raw) {
        return new Decided(
                Overflow.of(raw.get(StoreLayout.OVERFLOW)),
                raw.get(StoreLayout.ASSUMED_INTERVAL_S) instanceof BsonNumber seconds
                        ? seconds.doubleValue()
                        : Double.NaN,
                Role.of(topic, raw),
                !raw.containsKey(StoreLayout.SERIES_BY)
                        && ADDED_LABELS.stream().anyMatch(raw::containsKey),
                DecidedCounts.ofDocument(raw));
    }

    /** The fields of a raw document that tell what was decided. */
    public static List<String> fieldsRead() {
        return Stream.concat(fields().stream(), ADDED_LABELS.stream()).toList();
    }

    /** The fields of a raw document that hold decisions. */
    public static List<String> fields() {
        var fields =
                List.of(
                        StoreLayout.OVERFLOW,
                        StoreLayout.ASSUMED_INTERVAL_S,
                        StoreLayout.SAID,
                        StoreLayout.REPLACES,
                        StoreLayout.SERIES_BY);
        return Stream.concat(fields.stream(), DecidedCounts.fields().stream()).toList();
    }

    /** What a row says, as was decided. */
    public EventValues of(EventValues values) {
        var labelled = asAtFirst ? values.with(values.labels().atFirst()) : values;
        var standing =
                Double.isNaN(assumedIntervalS) ? labelled : labelled.standingFor(assumedIntervalS);
        return standing.counts().equals(counts) ? standing : standing.counting(counts);
    }
}
