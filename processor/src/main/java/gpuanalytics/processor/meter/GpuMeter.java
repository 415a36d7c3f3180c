package gpuanalytics.processor.meter;

import static gpuanalytics.processor.rollup.MeterState.NEVER;
import static gpuanalytics.processor.rollup.MeterState.NONE;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.consume.AssignedPartition;
import gpuanalytics.processor.decode.DecidedCounts;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.rollup.MeterState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The last readings of the counters of one GPU or MIG instance, each with a time of its own. For
 * one thread at a time.
 */
final class GpuMeter {

    private static final double NANOS_PER_SECOND = 1e9;

    /** Counters are read in a rhythm of their own, so that a rise may be this much older. */
    private static final double RHYTHM_S = 1;

    /**
     * What a counter says since its last reading.
     *
     * @param plausible whether a board can draw so much, and the time is not too long
     */
    record Rise(double joules, boolean plausible) {}

    private final Moment moment = new Moment();
    private AssignedPartition partition;

    /** The last sample under whose identity something was decided, and what. */
    private @Nullable String decidedIdentity;

    private @Nullable EventValues decidedSample;
    private DecidedCounts decidedCounts = DecidedCounts.NONE;

    private boolean seeded;
    private long lastTurn;
    private long openTurn = NONE;
    private long keptTurn = NONE;

    // As in MeterState.
    private double energyJ = Double.NaN;
    private long energyAt = NEVER;
    private double poweredJ;
    private long poweredAt = NEVER;
    private long countedAt = NEVER;
    private long xid = NONE;
    private long xidAt = NEVER;
    private long xidErrorsTotal = NONE;
    private long totalAt = NEVER;
    private long codedErrors;
    private long codedAt = NEVER;

    /**
     * @param partition where its first sample comes from
     */
    GpuMeter(AssignedPartition partition) {
        this.partition = partition;
    }

    /**
     * Whether what it says holds for samples of a partition. What was read before the partition was
     * given away does not: others have read on since.
     */
    boolean holdsFor(AssignedPartition another) {
        return partition == another || !partition.source().equals(another.source());
    }

    /**
     * What was decided of the sample before, if this one only repeats it; else null. Of two equal
     * ones in two batches either may be stored first: whichever is counts the same.
     *
     * @param identity as the sample gives it; null where it is made of GPU and time
     */
    @Nullable DecidedCounts decidedOf(@Nullable String identity, EventValues sample) {
        return Objects.equals(identity, decidedIdentity) && sample.equals(decidedSample)
                ? decidedCounts
                : null;
    }

    void decided(@Nullable String identity, EventValues sample, DecidedCounts counts) {
        decidedIdentity = identity;
        decidedSample = sample;
        decidedCounts = counts;
    }

    /** Whether the store was asked for what was read before it was here. */
    boolean isSeeded() {
        return seeded;
    }

    /** Takes over what is in the store, as far as that is later. */
    void seed(@Nullable StoredReading stored) {
        seeded = true;
        if (stored == null) {
            return;
        }
        moment.seed(stored.at(), stored.intervalS());
        if (stored.meter() != null) {
            seed(stored.meter());
        }
        // What was stored by a version that kept no meter.
        seed(stored.ofSample());
    }

    private void seed(MeterState stored) {
        if (stored.energyAt() > energyAt) {
            energyJ = stored.energyJ();
            energyAt = stored.energyAt();
            poweredJ = poweredAt > energyAt ? poweredJ : 0;
            if (stored.poweredAt() > poweredAt) {
                poweredJ = stored.poweredJ();
                poweredAt = stored.poweredAt();
            }
        }
        countedAt = Math.max(countedAt, stored.countedAt());
        if (stored.xidAt() > xidAt) {
            xid = stored.xid();
            xidAt = stored.xidAt();
        }
        if (stored.totalAt() > totalAt) {
            xidErrorsTotal = stored.xidErrorsTotal();
            totalAt = stored.totalAt();
            codedErrors = stored.codedErrors();
            codedAt = stored.codedAt();
        }
    }

    /** How far it has read. */
    MeterState state() {
        return new MeterState(
                energyJ,
                energyAt,
                poweredJ,
                poweredAt,
                countedAt,
                xid,
                xidAt,
                xidErrorsTotal,
                totalAt,
                codedErrors,
                codedAt);
    }

    /** Goes back to what it had read before a sample that was refused. */
    void takeBack(MeterState before) {
        energyJ = before.energyJ();
        energyAt = before.energyAt();
        poweredJ = before.poweredJ();
        poweredAt = before.poweredAt();
        countedAt = before.countedAt();
        xid = before.xid();
        xidAt = before.xidAt();
        xidErrorsTotal = before.xidErrorsTotal();
        totalAt = before.totalAt();
        codedErrors = before.codedErrors();
        codedAt = before.codedAt();
    }

    /** What was said of its newest moment. */
    Moment moment() {
        return moment;
    }

    /** The turn in which it was used last. */
    long lastTurn() {
        return lastTurn;
    }

    void usedIn(long turn, AssignedPartition by) {
        lastTurn = turn;
        partition = by;
    }

    /**
     * The turn in which it has read a sample that may yet be refused; {@link MeterState#NONE} for
     * none. What it says holds only when that turn is settled.
     */
    long openTurn() {
        return openTurn;
    }

    void openIn(long turn) {
        openTurn = turn;
    }

    /** Whether it has a state that was not kept in this turn so far; afterwards it was. */
    boolean isToKeepIn(long turn) {
        var isFirst = keptTurn != turn;
        keptTurn = turn;
        return isFirst && (energyAt != NEVER || xidAt != NEVER || totalAt != NEVER);
    }

    /**
     * What the sample's energy counter says that samples before have not counted; null where there
     * is nothing to compare it with, or where a later one was read.
     */
    @Nullable Rise rise(EventValues sample, MeterLimits limits) {
        var reading = sample.number(GpuMetric.ENERGY_J_TOTAL);
        long at = sample.epochNanos();
        if (Double.isNaN(energyJ) || at <= energyAt) {
            return null;
        }
        // Below the last reading: it began again, and all of it is new.
        double risen = reading < energyJ ? reading : reading - energyJ;
        double seconds = (at - energyAt) / NANOS_PER_SECOND;
        var plausible =
                at - energyAt <= limits.maxGap().toNanos()
                        && risen <= limits.maxPowerW() * (seconds + RHYTHM_S);
        countedAt = at;
        return new Rise(Math.max(0, risen - poweredJ), plausible);
    }

    /** Whether the counter has counted what was drawn up to a sample's moment already. */
    boolean hasCounted(EventValues sample) {
        return sample.epochNanos() == countedAt;
    }

    /** How many XID errors the sample tells of that none before has; null where it cannot say. */
    @Nullable Long newXidErrors(EventValues sample) {
        long total = whole(sample.number(GpuMetric.XID_ERRORS_TOTAL));
        if (total >= 0 && xidErrorsTotal >= 0) {
            if (sample.epochNanos() <= totalAt) {
                return 0L;
            }
            long risen = total < xidErrorsTotal ? total : total - xidErrorsTotal;
            return Math.max(0, risen - codedErrors);
        }
        if (!sample.has(GpuMetric.XID)) {
            return null;
        }
        return isNewCode(sample) ? 1L : 0L;
    }

    /** Whether its code is an error that neither a code before nor the counter has told. */
    private boolean isNewCode(EventValues sample) {
        long at = sample.epochNanos();
        long code = whole(sample.number(GpuMetric.XID));
        return at > xidAt && at > totalAt && code > 0 && code != xid;
    }

    /** Whether to {@link #read} it would change what samples after it count. */
    boolean isMovedBy(EventValues sample) {
        long at = sample.epochNanos();
        return (at > energyAt && sample.has(GpuMetric.ENERGY_J_TOTAL))
                || (energyAt != NEVER
                        && at > Math.max(energyAt, poweredAt)
                        && sample.has(GpuMetric.POWER_W))
                || (at > xidAt && sample.has(GpuMetric.XID))
                || (at > totalAt && sample.has(GpuMetric.XID_ERRORS_TOTAL));
    }

    /** Moves on to the readings of a sample, as far as they are later. */
    void read(EventValues sample) {
        long at = sample.epochNanos();
        if (at > energyAt) {
            if (sample.has(GpuMetric.ENERGY_J_TOTAL)) {
                energyJ = sample.number(GpuMetric.ENERGY_J_TOTAL);
                energyAt = at;
                poweredJ = 0;
            } else if (sample.has(GpuMetric.POWER_W) && at > poweredAt) {
                var joules = sample.number(GpuMetric.POWER_W) * moment.intervalS(sample);
                // before the first reading of a counter there is nothing to take it from
                poweredJ += energyAt == NEVER || Double.isNaN(joules) ? 0 : joules;
                poweredAt = at;
            }
        }
        var hasTotal = sample.has(GpuMetric.XID_ERRORS_TOTAL);
        if (sample.has(GpuMetric.XID) && at > xidAt) {
            if (!hasTotal && isNewCode(sample)) {
                codedErrors++;
                codedAt = at;
            }
            xid = whole(sample.number(GpuMetric.XID));
            xidAt = at;
        }
        if (hasTotal && at > totalAt) {
            xidErrorsTotal = whole(sample.number(GpuMetric.XID_ERRORS_TOTAL));
            totalAt = at;
            codedErrors = 0;
        }
    }

    /** Power times interval of a sample that has a power. */
    static double boardJoules(EventValues sample) {
        return sample.number(GpuMetric.POWER_W) * sample.number(GpuMetric.INTERVAL_S);
    }

    private static long whole(double number) {
        return Double.isNaN(number) ? NONE : (long) number;
    }
}
