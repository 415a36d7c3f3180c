package gpuanalytics.processor.rollup;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.store.StoreLayout;
import org.bson.BsonDocument;
import org.bson.BsonNumber;
import org.jspecify.annotations.Nullable;

/**
 * How far the counters of a GPU or MIG instance are read. It is kept with the latest sample, and
 * covers all that the rollups count and nothing else. Times are in nanoseconds since 1970.
 *
 * <p>Each counter has a time of its own, which comes first in what is stored of it: of two states
 * the store keeps of each counter the later reading, in whatever order and however often they come.
 *
 * @param energyJ the last reading of the energy counter; NaN for none
 * @param energyAt its time
 * @param poweredJ what samples with a power and no counter have counted since
 * @param poweredAt the time of the last of them
 * @param countedAt the time of the last rise of the energy counter
 * @param xid the last code; {@link #NONE} for none
 * @param xidAt its time
 * @param xidErrorsTotal the last reading of the counter of errors; {@link #NONE} for none
 * @param totalAt its time
 * @param codedErrors how many errors codes have counted since
 * @param codedAt the time of the last of them
 */
public record MeterState(
        double energyJ,
        long energyAt,
        double poweredJ,
        long poweredAt,
        long countedAt,
        long xid,
        long xidAt,
        long xidErrorsTotal,
        long totalAt,
        long codedErrors,
        long codedAt) {

    /** The time of what there never was. */
    public static final long NEVER = Long.MIN_VALUE;

    /** No code, no count. */
    public static final long NONE = -1;

    private static final String ENERGY = "energy";
    private static final String POWERED = "powered";
    private static final String COUNTED = "counted";
    private static final String XID = "xid";
    private static final String TOTAL = "xid_errors_total";
    private static final String CODED = "coded";

    private static final String ENERGY_PATH = StoreLayout.METER + "." + ENERGY;
    private static final String POWERED_PATH = StoreLayout.METER + "." + POWERED;
    private static final String COUNTED_PATH = StoreLayout.METER + "." + COUNTED;
    private static final String XID_PATH = StoreLayout.METER + "." + XID;
    private static final String TOTAL_PATH = StoreLayout.METER + "." + TOTAL;
    private static final String CODED_PATH = StoreLayout.METER + "." + CODED;

    private static final String SINCE = "since";
    private static final String AT = "at";
    private static final String VALUE = "value";

    /** What one sample says by itself. */
    public static MeterState ofSample(BsonDocument sample, long at) {
        var energyJ = number(sample, GpuMetric.ENERGY_J_TOTAL.name(), Double.NaN);
        var xid = (long) number(sample, GpuMetric.XID.name(), NONE);
        var total = (long) number(sample, GpuMetric.XID_ERRORS_TOTAL.name(), NONE);
        return new MeterState(
                energyJ,
                Double.isNaN(energyJ) ? NEVER : at,
                0,
                NEVER,
                NEVER,
                xid,
                xid < 0 ? NEVER : at,
                total,
                total < 0 ? NEVER : at,
                0,
                NEVER);
    }

    /** Reads what is stored; null where nothing is. */
    public static @Nullable MeterState ofDocument(BsonDocument latest) {
        if (!(latest.get(StoreLayout.METER) instanceof BsonDocument stored)) {
            return null;
        }
        return new MeterState(
                number(part(stored, ENERGY), VALUE, Double.NaN),
                whole(part(stored, ENERGY), AT),
                number(part(stored, POWERED), VALUE, 0),
                whole(part(stored, POWERED), AT),
                whole(part(stored, COUNTED), AT),
                (long) number(part(stored, XID), VALUE, NONE),
                whole(part(stored, XID), AT),
                (long) number(part(stored, TOTAL), VALUE, NONE),
                whole(part(stored, TOTAL), AT),
                (long) number(part(stored, CODED), VALUE, 0),
                whole(part(stored, CODED), AT));
    }

    /** Whether there is nothing that a later sample could be compared with. */
    public boolean isEmpty() {
        return energyAt == NEVER && xidAt == NEVER && totalAt == NEVER;
    }

    /**
     * Writes the fields of a latest sample that hold it, each to be replaced by a greater one
     * alone: documents are compared by their first field that differs, which is a time.
     */
    void writeMaxima(BsonBytes out) {
        if (energyAt != NEVER) {
            int energy = at(out, ENERGY_PATH, energyAt);
            out.number(VALUE, energyJ);
            out.end(energy);
            int powered = since(out, POWERED_PATH, energyAt, poweredAt);
            out.number(VALUE, poweredJ);
            out.end(powered);
        }
        if (countedAt != NEVER) {
            out.end(at(out, COUNTED_PATH, countedAt));
        }
        if (xidAt != NEVER) {
            int code = at(out, XID_PATH, xidAt);
            out.whole(VALUE, xid);
            out.end(code);
        }
        if (totalAt != NEVER) {
            int total = at(out, TOTAL_PATH, totalAt);
            out.whole(VALUE, xidErrorsTotal);
            out.end(total);
            int coded = since(out, CODED_PATH, totalAt, codedAt);
            out.whole(VALUE, codedErrors);
            out.end(coded);
        }
    }

    private static int at(BsonBytes out, String path, long at) {
        int part = out.begin(path);
        out.whole(AT, at);
        return part;
    }

    private static int since(BsonBytes out, String path, long since, long at) {
        int part = out.begin(path);
        out.whole(SINCE, since);
        out.whole(AT, at);
        return part;
    }

    private static BsonDocument part(BsonDocument stored, String name) {
        return stored.getDocument(name, new BsonDocument());
    }

    private static long whole(BsonDocument part, String name) {
        return part.get(name) instanceof BsonNumber number ? number.longValue() : NEVER;
    }

    private static double number(BsonDocument part, String name, double absent) {
        return part.get(name) instanceof BsonNumber number ? number.doubleValue() : absent;
    }
}
