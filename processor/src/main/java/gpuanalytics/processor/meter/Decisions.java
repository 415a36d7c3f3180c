package gpuanalytics.processor.meter;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.decode.DecidedCounts;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import org.jspecify.annotations.Nullable;

/** What samples count, by what was read of their GPU before them. */
final class Decisions {

    private static final double MICRO = 1e6;

    private final MeterLimits limits;
    private final ProcessorMetrics metrics;

    Decisions(MeterLimits limits, ProcessorMetrics metrics) {
        this.limits = limits;
        this.metrics = metrics;
    }

    /** Whether a row is of no GPU of its own: the store keeps nothing by which it could go on. */
    static boolean isSurplus(Row row) {
        return row.overflow() != Overflow.NONE;
    }

    static boolean isSample(Row row) {
        return row.values().topic() == EventTopic.GPU_METRICS;
    }

    /** Whether a sample says something that is metered. */
    static boolean hasReading(EventValues sample) {
        return sample.has(GpuMetric.POWER_W)
                || sample.has(GpuMetric.ENERGY_J_TOTAL)
                || sample.has(GpuMetric.XID)
                || sample.has(GpuMetric.XID_ERRORS_TOTAL);
    }

    /** Whether what a sample counts depends on the one before it. */
    static boolean dependsOnLast(EventValues sample) {
        return (sample.has(GpuMetric.ENERGY_J_TOTAL) && !sample.has(GpuMetric.POWER_W))
                || (sample.has(GpuMetric.XID) && sample.number(GpuMetric.XID) != 0)
                || sample.has(GpuMetric.XID_ERRORS_TOTAL);
    }

    /** What a row counts that has no meter. */
    DecidedCounts ofSurplus(Row row) {
        var sample = row.values();
        if (sample.has(GpuMetric.ENERGY_J_TOTAL) && !sample.has(GpuMetric.POWER_W)) {
            metrics.energyUnknown();
            return counts(null, null, true);
        }
        return withShare(row, null, null);
    }

    /** What a row counts; its meter moves on to it. */
    DecidedCounts of(Row row, GpuMeter meter) {
        var again = meter.decidedOf(row.givenId(), row.values());
        if (again != null) {
            return again;
        }
        var counts = decide(row, meter);
        meter.decided(row.givenId(), row.values(), counts);
        return counts;
    }

    private DecidedCounts decide(Row row, GpuMeter meter) {
        var sample = row.values();
        var rise =
                sample.has(GpuMetric.ENERGY_J_TOTAL) && !sample.has(GpuMetric.POWER_W)
                        ? meter.rise(sample, limits)
                        : null;
        var xidErrors = meter.newXidErrors(sample);
        meter.read(sample);
        if (sample.has(GpuMetric.POWER_W) && meter.hasCounted(sample)) {
            // Another record of the same moment had no power.
            return counts(isSaidByXid(sample, xidErrors) ? null : xidErrors, 0L, false);
        }
        return withShare(row, rise, xidErrors);
    }

    private DecidedCounts withShare(
            Row row, GpuMeter.@Nullable Rise rise, @Nullable Long newXidErrors) {
        var sample = row.values();
        var hasPower = sample.has(GpuMetric.POWER_W);
        var xidErrors = isSaidByXid(sample, newXidErrors) ? null : newXidErrors;
        if (!hasPower && rise == null) {
            return counts(xidErrors, null, false);
        }
        double share = BoardShare.of(row);
        if (Double.isNaN(share) || (rise != null && !rise.plausible())) {
            metrics.energyUnknown();
            return counts(xidErrors, null, true);
        }
        if (rise != null) {
            return counts(xidErrors, Math.round(rise.joules() * share * MICRO), false);
        }
        return share == BoardShare.WHOLE
                ? counts(xidErrors, null, false)
                : counts(
                        xidErrors, Math.round(GpuMeter.boardJoules(sample) * share * MICRO), false);
    }

    private static DecidedCounts counts(
            @Nullable Long xidErrors, @Nullable Long energyUj, boolean energyUnknown) {
        return xidErrors == null && energyUj == null && !energyUnknown
                ? DecidedCounts.NONE
                : new DecidedCounts(null, xidErrors, energyUj, energyUnknown);
    }

    /** Whether the sample's code alone says how many errors there are, as without a decision. */
    private static boolean isSaidByXid(EventValues sample, @Nullable Long xidErrors) {
        return xidErrors != null
                && sample.has(GpuMetric.XID)
                && xidErrors == (sample.number(GpuMetric.XID) == 0 ? 0 : 1);
    }
}
