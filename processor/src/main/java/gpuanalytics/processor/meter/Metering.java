package gpuanalytics.processor.meter;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.decode.DecidedCounts;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metering step decides what samples count that depends on the sample before them: the rise of
 * the energy counter where there is no power, and XIDs that are new; and the share of a MIG
 * instance.
 *
 * <p>It is decided before the raw document is stored and is stored with it, so whoever reads the
 * record again counts the same. Batches are decided one at a time in their order, on whatever
 * thread writes them. After a start, the last reading of a GPU is that of its latest stored sample:
 * what was decided after that sample is not committed and is read again, in the same order.
 */
public final class Metering {

    private static final double MICRO = 1e6;

    private final MeterLimits limits;
    private final LatestReadings latest;
    private final ProcessorMetrics metrics;
    private final Turns turns = new Turns();
    private final GpuMeters meters;

    public Metering(MeterLimits limits, LatestReadings latest, ProcessorMetrics metrics) {
        this.limits = limits;
        this.latest = latest;
        this.metrics = metrics;
        this.meters = new GpuMeters(limits.gpus());
    }

    /** A batch's place in the order. */
    public final class Turn {

        private final long number = turns.give();

        private Turn() {}

        /**
         * The batch, its rows with what was decided.
         *
         * @throws InterruptedException when the processor gives up
         */
        public Batch decide(Batch batch) throws InterruptedException {
            turns.await(number);
            var decided = decideInTurn(batch, number);
            meters.trim();
            turns.pass();
            return decided;
        }
    }

    /** The turn of the next batch; for the thread that hands batches on, in their order. */
    public Turn turn() {
        return new Turn();
    }

    /** The oldest batch that is not done is stored and rolled up; for the same thread. */
    public void batchDone() {
        meters.batchDone();
    }

    /** How many meters are kept; for tests, while nothing is decided. */
    int kept() {
        return meters.size();
    }

    private Batch decideInTurn(Batch batch, long turn) throws InterruptedException {
        var samples = new ArrayList<Integer>();
        for (int i = 0; i < batch.rows().size(); i++) {
            if (hasReading(batch.rows().get(i).values())) {
                samples.add(i);
            }
        }
        if (samples.isEmpty()) {
            return batch;
        }
        if (seed(batch.rows(), samples)) {
            samples.sort(ReadingOrder.of(batch.rows(), samples));
        }
        @Nullable List<Row> decided = null;
        for (int i : samples) {
            var row = batch.rows().get(i);
            var counts = decide(row, turn);
            if (!counts.equals(DecidedCounts.NONE)) {
                decided = decided == null ? new ArrayList<>(batch.rows()) : decided;
                decided.set(i, row.counting(counts));
            }
        }
        return decided == null ? batch : batch.with(decided);
    }

    /** Reads what is not known of GPUs; whether a sample depends on the one before it at all. */
    private boolean seed(List<Row> rows, List<Integer> samples) throws InterruptedException {
        var unknown = new LinkedHashMap<String, Row>();
        var depends = false;
        for (int i : samples) {
            var row = rows.get(i);
            if (!dependsOnLast(row.values()) || isSurplus(row)) {
                continue;
            }
            depends = true;
            var meter = meters.find(row);
            if (meter == null || !meter.isSeeded()) {
                unknown.putIfAbsent(GpuMeters.series(row), row);
            }
        }
        if (!unknown.isEmpty()) {
            var stored = latest.of(unknown.keySet());
            unknown.forEach((series, row) -> meters.of(row).seed(stored.get(series)));
        }
        return depends;
    }

    private DecidedCounts decide(Row row, long turn) {
        var sample = row.values();
        if (isSurplus(row)) {
            // The store keeps no latest sample of it, so its last reading is not known for sure.
            return sample.has(GpuMetric.ENERGY_J_TOTAL) && !sample.has(GpuMetric.POWER_W)
                    ? unknown()
                    : withShare(row, null, null);
        }
        var meter = meters.of(row);
        meter.usedIn(turn, row.record().partition());
        var again = meter.decidedOf(row.id(), sample);
        if (again != null) {
            return again;
        }
        var counts = decide(row, meter);
        meter.decided(row.id(), sample, counts);
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

    private DecidedCounts unknown() {
        metrics.energyUnknown();
        return counts(null, null, true);
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

    private static boolean isSurplus(Row row) {
        return row.overflow() != Overflow.NONE;
    }

    private static boolean hasReading(EventValues values) {
        return values.topic() == EventTopic.GPU_METRICS
                && (values.has(GpuMetric.POWER_W)
                        || values.has(GpuMetric.ENERGY_J_TOTAL)
                        || values.has(GpuMetric.XID)
                        || values.has(GpuMetric.XID_ERRORS_TOTAL));
    }

    /** Whether what a sample counts depends on the one before it. */
    private static boolean dependsOnLast(EventValues sample) {
        return (sample.has(GpuMetric.ENERGY_J_TOTAL) && !sample.has(GpuMetric.POWER_W))
                || (sample.has(GpuMetric.XID) && sample.number(GpuMetric.XID) != 0)
                || sample.has(GpuMetric.XID_ERRORS_TOTAL);
    }
}
