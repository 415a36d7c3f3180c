package gpuanalytics.processor.meter;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.consume.AssignedPartition;
import gpuanalytics.processor.decode.DecidedCounts;
import gpuanalytics.processor.decode.EventValues;
import org.jspecify.annotations.Nullable;

/** The last readings of the counters of one GPU or MIG instance. For one thread at a time. */
final class GpuMeter {

    /** No reading. */
    private static final long NONE = -1;

    private static final double NANOS_PER_SECOND = 1e9;

    /** Counters are read in a rhythm of their own, so that a rise may be this much older. */
    private static final double RHYTHM_S = 1;

    /**
     * What a counter says since its last reading.
     *
     * @param plausible whether a board can draw so much, and the time is not too long
     */
    record Rise(double joules, boolean plausible) {}

    private AssignedPartition partition;

    /** The last sample under whose identity something was decided, and what. */
    private @Nullable Decision last;

    private boolean seeded;
    private long lastTurn;

    private double energyJ = Double.NaN;
    private long energyAt = Long.MIN_VALUE;

    /** The moment of the last rise. */
    private long countedAt = Long.MIN_VALUE;

    /** What samples with a power and no counter have counted since the last energy. */
    private double poweredJ;

    private long poweredAt = Long.MIN_VALUE;

    private long xid = NONE;
    private long xidErrorsTotal = NONE;
    private long xidAt = Long.MIN_VALUE;

    private record Decision(String identity, EventValues sample, DecidedCounts counts) {}

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
     */
    @Nullable DecidedCounts decidedOf(String identity, EventValues sample) {
        return last != null && last.identity.equals(identity) && last.sample.equals(sample)
                ? last.counts
                : null;
    }

    void decided(String identity, EventValues sample, DecidedCounts counts) {
        last = new Decision(identity, sample, counts);
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
        if (stored.at() > energyAt && !Double.isNaN(stored.energyJ())) {
            energyJ = stored.energyJ();
            energyAt = stored.at();
            poweredJ = poweredAt > energyAt ? poweredJ : 0;
        }
        if (stored.at() > xidAt && (stored.xid() >= 0 || stored.xidErrorsTotal() >= 0)) {
            xid = stored.xid();
            xidErrorsTotal = stored.xidErrorsTotal();
            xidAt = stored.at();
        }
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
        long code = whole(sample.number(GpuMetric.XID));
        var later = sample.epochNanos() > xidAt;
        if (total >= 0 && xidErrorsTotal >= 0) {
            if (!later) {
                return 0L;
            }
            return total < xidErrorsTotal ? total : total - xidErrorsTotal;
        }
        if (code < 0) {
            return null;
        }
        return later && code != 0 && code != xid ? 1L : 0L;
    }

    /** Moves on to the readings of a sample, as far as it is later. */
    void read(EventValues sample) {
        long at = sample.epochNanos();
        if (at > energyAt) {
            if (sample.has(GpuMetric.ENERGY_J_TOTAL)) {
                energyJ = sample.number(GpuMetric.ENERGY_J_TOTAL);
                energyAt = at;
                poweredJ = 0;
            } else if (sample.has(GpuMetric.POWER_W) && at > poweredAt) {
                poweredJ += boardJoules(sample);
                poweredAt = at;
            }
        }
        if (at > xidAt && (sample.has(GpuMetric.XID) || sample.has(GpuMetric.XID_ERRORS_TOTAL))) {
            // a sample without one of them says nothing of it
            xid = sample.has(GpuMetric.XID) ? whole(sample.number(GpuMetric.XID)) : xid;
            xidErrorsTotal =
                    sample.has(GpuMetric.XID_ERRORS_TOTAL)
                            ? whole(sample.number(GpuMetric.XID_ERRORS_TOTAL))
                            : xidErrorsTotal;
            xidAt = at;
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
