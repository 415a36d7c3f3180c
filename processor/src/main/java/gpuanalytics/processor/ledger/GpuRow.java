package gpuanalytics.processor.ledger;

import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * A minute's rollup of a GPU or MIG instance, as far as the ledger needs it; several add up.
 *
 * @param series its name within the minute
 * @param name the GPU's key as samples gave it; null for GPUs that count together
 * @param labels those of that minute
 */
record GpuRow(String series, @Nullable String name, Labels labels, Sums sums) {

    private static final List<Field<?>> MEANS =
            List.of(
                    GpuMetric.UTILIZATION,
                    GpuMetric.SM_ACTIVE,
                    GpuMetric.MEM_USED_BYTES,
                    GpuMetric.MEM_TOTAL_BYTES,
                    GpuMetric.PRICE_PER_HOUR_USD);

    /** What a rollup is read of. */
    static final List<String> FIELDS = fields();

    private static List<String> fields() {
        var fields =
                new ArrayList<>(
                        List.of(
                                StoreLayout.BUCKET,
                                StoreLayout.GPU,
                                GpuMetric.MIG_ID.name(),
                                GpuMetric.HOST.name(),
                                GpuMetric.NAME.name(),
                                GpuMetric.TEAM.name(),
                                GpuMetric.NAMESPACE.name(),
                                GpuMetric.POD.name(),
                                StoreLayout.PODS,
                                GpuCounter.COVERED_US.field(),
                                GpuCounter.ENERGY_UJ.field(),
                                GpuCounter.XID_ERRORS.field(),
                                path(GpuMetric.THROTTLE_S_TOTAL, StoreLayout.MIN),
                                path(GpuMetric.THROTTLE_S_TOTAL, StoreLayout.MAX)));
        for (var mean : MEANS) {
            fields.add(path(mean, StoreLayout.N));
            fields.add(path(mean, Measures.GPU.get(mean).sumName()));
        }
        return List.copyOf(fields);
    }

    private static String path(Field<?> reading, String part) {
        return reading.name() + "." + part;
    }

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

    static GpuRow read(Document rollup) {
        var id = rollup.getString(StoreLayout.ID);
        var throttle = part(rollup, GpuMetric.THROTTLE_S_TOTAL.name());
        return new GpuRow(
                id.substring(id.indexOf('|') + 1),
                rollup.getString(StoreLayout.GPU),
                new Labels(
                        rollup.getString(GpuMetric.MIG_ID.name()),
                        rollup.getString(GpuMetric.HOST.name()),
                        rollup.getString(GpuMetric.NAME.name()),
                        rollup.getString(GpuMetric.TEAM.name()),
                        rollup.getString(GpuMetric.NAMESPACE.name()),
                        rollup.getString(GpuMetric.POD.name()) != null
                                || rollup.containsKey(StoreLayout.PODS)),
                new Sums(
                        integer(rollup, GpuCounter.COVERED_US.field()),
                        rollup.get(GpuCounter.ENERGY_UJ.field()) instanceof Number energy
                                ? energy.longValue()
                                : null,
                        integer(rollup, GpuCounter.XID_ERRORS.field()),
                        mean(rollup, GpuMetric.SM_ACTIVE),
                        mean(rollup, GpuMetric.UTILIZATION),
                        decimal(throttle, StoreLayout.MIN),
                        decimal(throttle, StoreLayout.MAX),
                        mean(rollup, GpuMetric.MEM_USED_BYTES),
                        mean(rollup, GpuMetric.MEM_TOTAL_BYTES),
                        mean(rollup, GpuMetric.PRICE_PER_HOUR_USD)));
    }

    private static Mean mean(Document rollup, Field<?> reading) {
        var part = part(rollup, reading.name());
        var sumName = Measures.GPU.get(reading).sumName();
        return new Mean(integer(part, StoreLayout.N), integer(part, sumName));
    }

    static Document part(Document rollup, String reading) {
        return rollup.get(reading, new Document());
    }

    static long integer(Document document, String field) {
        return document.get(field) instanceof Number number ? number.longValue() : 0;
    }

    private static double decimal(Document document, String field) {
        return document.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
