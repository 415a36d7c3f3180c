package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.store.StoreLayout;
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
 * @param role how it counts beside others of its identity
 */
public record Decided(Overflow overflow, double assumedIntervalS, Role role) {

    /** The first word of its identity, and nothing but its series. */
    public Decided(Overflow overflow) {
        this(overflow, Double.NaN);
    }

    /** The first word of its identity. */
    public Decided(Overflow overflow, double assumedIntervalS) {
        this(overflow, assumedIntervalS, Role.WHOLE);
    }

    /** Reads a stored raw document, of which it needs {@link #fields} alone. */
    public static Decided ofDocument(EventTopic topic, BsonDocument raw) {
        return new Decided(
                Overflow.of(raw.get(StoreLayout.OVERFLOW)),
                raw.get(StoreLayout.ASSUMED_INTERVAL_S) instanceof BsonNumber seconds
                        ? seconds.doubleValue()
                        : Double.NaN,
                Role.of(topic, raw));
    }

    /** The fields of a raw document that hold decisions. */
    public static List<String> fields() {
        return List.of(
                StoreLayout.OVERFLOW,
                StoreLayout.ASSUMED_INTERVAL_S,
                StoreLayout.SAID,
                StoreLayout.REPLACES);
    }

    /** What a row says, as was decided. */
    public EventValues of(EventValues values) {
        return Double.isNaN(assumedIntervalS) ? values : values.standingFor(assumedIntervalS);
    }
}
