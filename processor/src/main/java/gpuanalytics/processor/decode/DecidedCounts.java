package gpuanalytics.processor.decode;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonElement;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonNumber;
import org.jspecify.annotations.Nullable;

/**
 * What was decided that an event counts, where it is another thing than its fields say by
 * themselves; null is what they say. It is decided before the raw document is stored and is stored
 * with it, so that whoever reads the event again, by whatever rules then, counts the same.
 *
 * @param failed whether the request failed; by itself, one with an {@code error_type} did
 * @param xidErrors how many XID errors the sample reports; by itself, one if its {@code xid} is not
 *     0
 * @param energyUj the energy of the sample in microjoules; by itself, power times interval
 * @param energyUnknown it had a reading of power or energy, and no energy can be told from it
 */
public record DecidedCounts(
        @Nullable Boolean failed,
        @Nullable Long xidErrors,
        @Nullable Long energyUj,
        boolean energyUnknown) {

    /** Nothing: the fields say it all. */
    public static final DecidedCounts NONE = new DecidedCounts(null, null, null, false);

    private static final DecidedCounts FAILED = new DecidedCounts(true, null, null, false);
    private static final DecidedCounts NOT_FAILED = new DecidedCounts(false, null, null, false);

    /** The counts of a usage: whether it failed, beside whether it has an {@code error_type}. */
    static DecidedCounts ofUsage(boolean failed, boolean hasErrorType) {
        if (failed == hasErrorType) {
            return NONE;
        }
        return failed ? FAILED : NOT_FAILED;
    }

    /**
     * What was decided by some of a sample's readings.
     *
     * @param hasPower whether the sample has a power; then its energy was decided by that
     */
    DecidedCounts only(Collection<String> readings, boolean hasPower) {
        var energyBy = hasPower ? GpuMetric.POWER_W : GpuMetric.ENERGY_J_TOTAL;
        var isEnergy = readings.contains(energyBy.name());
        var isXid =
                readings.contains(GpuMetric.XID.name())
                        || readings.contains(GpuMetric.XID_ERRORS_TOTAL.name());
        return new DecidedCounts(
                failed,
                isXid ? xidErrors : null,
                isEnergy ? energyUj : null,
                isEnergy && energyUnknown);
    }

    /** What a stored raw document says, of which it needs {@link #fields} alone. */
    public static DecidedCounts ofDocument(BsonDocument raw) {
        var energy = raw.get(StoreLayout.DECIDED_ENERGY_UJ);
        var decided =
                new DecidedCounts(
                        raw.get(StoreLayout.DECIDED_FAILED) instanceof BsonBoolean failed
                                ? failed.getValue()
                                : null,
                        raw.get(StoreLayout.DECIDED_XID_ERRORS) instanceof BsonNumber errors
                                ? errors.longValue()
                                : null,
                        energy instanceof BsonNumber microjoules ? microjoules.longValue() : null,
                        energy instanceof BsonNull);
        return decided.equals(NONE) ? NONE : decided;
    }

    /** The fields of a raw document that hold it. */
    static List<String> fields() {
        return List.of(
                StoreLayout.DECIDED_FAILED,
                StoreLayout.DECIDED_XID_ERRORS,
                StoreLayout.DECIDED_ENERGY_UJ);
    }

    /** The elements of a raw document that hold it, none where nothing was decided. */
    List<BsonElement> elements() {
        var elements = new ArrayList<BsonElement>(1);
        if (failed != null) {
            elements.add(new BsonElement(StoreLayout.DECIDED_FAILED, BsonBoolean.valueOf(failed)));
        }
        if (xidErrors != null) {
            elements.add(new BsonElement(StoreLayout.DECIDED_XID_ERRORS, new BsonInt64(xidErrors)));
        }
        if (energyUnknown) {
            elements.add(new BsonElement(StoreLayout.DECIDED_ENERGY_UJ, BsonNull.VALUE));
        } else if (energyUj != null) {
            elements.add(new BsonElement(StoreLayout.DECIDED_ENERGY_UJ, new BsonInt64(energyUj)));
        }
        return elements;
    }
}
