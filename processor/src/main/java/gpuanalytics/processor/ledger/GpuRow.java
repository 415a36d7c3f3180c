package gpuanalytics.processor.ledger;

import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.query.StoredFields;
import gpuanalytics.processor.store.StoreLayout;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/**
 * A minute's rollup of a GPU or MIG instance, as far as the ledger needs it; several add up.
 *
 * @param series its name within the minute
 * @param name the GPU's key as samples gave it; null for GPUs that count together
 * @param labels those of that minute
 */
record GpuRow(String series, @Nullable String name, Labels labels, Sums sums) {

    /**
     * @param migId one of the GPU's MIG instances; null for the GPU itself
     * @param held whether a pod holds it
     */
    record Labels(
            @Nullable String migId,
            @Nullable String host,
            @Nullable String model,
            @Nullable String team,
            @Nullable String namespace,
            boolean held) {}

    /** A mean in the making; null where there are no values. */
    record Mean(long n, long sum) {

        static final Mean NONE = new Mean(0, 0);

        Mean and(Mean other) {
            return new Mean(n + other.n, sum + other.sum);
        }

        @Nullable Long value() {
            return n > 0 ? Math.round((double) sum / n) : null;
        }
    }

    /**
     * The numbers.
     *
     * @param throttledFrom the least of the counter of throttled seconds; NaN for none
     * @param priceMicroUsd of an hour
     */
    record Sums(
            long coveredUs,
            @Nullable Long energyUj,
            long xidErrors,
            Mean smActive,
            Mean utilization,
            double throttledFrom,
            double throttledTo,
            Mean memoryUsed,
            Mean memoryTotal,
            Mean priceMicroUsd) {

        Sums and(Sums other) {
            return new Sums(
                    coveredUs + other.coveredUs,
                    energyUj == null
                            ? other.energyUj
                            : Long.valueOf(
                                    energyUj + (other.energyUj == null ? 0 : other.energyUj)),
                    xidErrors + other.xidErrors,
                    smActive.and(other.smActive),
                    utilization.and(other.utilization),
                    least(throttledFrom, other.throttledFrom),
                    -least(-throttledTo, -other.throttledTo),
                    memoryUsed.and(other.memoryUsed),
                    memoryTotal.and(other.memoryTotal),
                    priceMicroUsd.and(other.priceMicroUsd));
        }

        @Nullable Long busyMillionths() {
            var busy = smActive.n() > 0 ? smActive.value() : utilization.value();
            return busy == null ? null : Long.valueOf(Math.clamp(busy, 0, GpuMinute.ALL));
        }

        private static double least(double a, double b) {
            return Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
        }
    }

    /** Reads rollups. For one thread. */
    static final class Reader {

        private final StoredFields fields = new StoredFields();
        private final StoredFields.Field id = fields.field(StoreLayout.ID);
        private final StoredFields.Field samples = fields.field(GpuCounter.SAMPLES.field());
        private final StoredFields.Field gpu = fields.field(StoreLayout.GPU);
        private final StoredFields.Field migId = fields.field(GpuMetric.MIG_ID.name());
        private final StoredFields.Field host = fields.field(GpuMetric.HOST.name());
        private final StoredFields.Field model = fields.field(GpuMetric.NAME.name());
        private final StoredFields.Field team = fields.field(GpuMetric.TEAM.name());
        private final StoredFields.Field namespace = fields.field(GpuMetric.NAMESPACE.name());
        private final StoredFields.Field pod = fields.field(GpuMetric.POD.name());
        private final StoredFields.Field pods = fields.field(StoreLayout.PODS);
        private final StoredFields.Field coveredUs = fields.field(GpuCounter.COVERED_US.field());
        private final StoredFields.Field energyUj = fields.field(GpuCounter.ENERGY_UJ.field());
        private final StoredFields.Field xidErrors = fields.field(GpuCounter.XID_ERRORS.field());
        private final SumFields smActive = SumFields.ofGpu(fields, GpuMetric.SM_ACTIVE);
        private final SumFields utilization = SumFields.ofGpu(fields, GpuMetric.UTILIZATION);
        private final StoredFields.Field throttledFrom =
                part(GpuMetric.THROTTLE_S_TOTAL, StoreLayout.MIN);
        private final StoredFields.Field throttledTo =
                part(GpuMetric.THROTTLE_S_TOTAL, StoreLayout.MAX);
        private final SumFields memoryUsed = SumFields.ofGpu(fields, GpuMetric.MEM_USED_BYTES);
        private final SumFields memoryTotal = SumFields.ofGpu(fields, GpuMetric.MEM_TOTAL_BYTES);
        private final SumFields price = SumFields.ofGpu(fields, GpuMetric.PRICE_PER_HOUR_USD);

        private StoredFields.Field part(Field<?> reading, String part) {
            return fields.field(reading.name() + "." + part);
        }

        /** What a rollup is read of. */
        Bson projection() {
            return fields.projection();
        }

        GpuRow read(RawBsonDocument rollup) {
            fields.read(rollup);
            return new GpuRow(
                    id.textAfter('|'),
                    gpu.text(),
                    new Labels(
                            migId.text(),
                            host.text(),
                            model.text(),
                            team.text(),
                            namespace.text(),
                            pod.text() != null || pods.isThere()),
                    new Sums(
                            coveredUs.integer(),
                            energyUj.isNumber() ? energyUj.integer() : null,
                            xidErrors.integer(),
                            mean(smActive),
                            mean(utilization),
                            throttledFrom.decimal(),
                            throttledTo.decimal(),
                            mean(memoryUsed),
                            mean(memoryTotal),
                            mean(price)));
        }

        private static Mean mean(SumFields reading) {
            return new Mean(reading.n().integer(), reading.sum().integer());
        }

        /** How many events the rollup read last counts. */
        long events() {
            return samples.integer();
        }
    }

    static long integer(Document document, String field) {
        return document.get(field) instanceof Number number ? number.longValue() : 0;
    }
}
