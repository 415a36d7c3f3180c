package gpuanalytics.processor.rollup;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.measure.RollupCounter;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.store.StoreLayout;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The sums of some events of one rollup document. Integers, so that the order of adding does not
 * matter; one that would pass 64 bits stays at the largest value.
 */
final class Sums {

    private static final double MICRO = 1e6;
    private static final long ABSENT = -1;
    private static final Measure POWER_W = Measures.GPU.get(GpuMetric.POWER_W);

    private final RollupKind kind;
    private final long[] counters;
    private final long[] n;
    private final long[] sum;
    private final double[] min;
    private final double[] max;
    private final @Nullable TreeMap<Integer, Long>[] bins;

    Sums(RollupKind kind) {
        this.kind = kind;
        this.counters = new long[kind.counters().size()];
        Arrays.fill(counters, ABSENT);
        var measures = kind.measures().size();
        this.n = new long[measures];
        this.sum = new long[measures];
        this.min = new double[measures];
        this.max = new double[measures];
        @SuppressWarnings({"unchecked", "rawtypes"})
        @Nullable TreeMap<Integer, Long>[] empty = new TreeMap[measures];
        this.bins = empty;
    }

    /** Adds one event; a reading that it does not have adds nothing. */
    void add(Facts facts, double defaultIntervalS) {
        switch (kind) {
            case GPU -> addSample(facts, defaultIntervalS);
            case TOKEN -> addUsage(facts);
        }
        for (var measure : kind.measures()) {
            var value = facts.value(measure.index());
            if (!Double.isNaN(value)) {
                addValue(measure, value);
            }
        }
    }

    /** Tells each integer sum by its path in the rollup document. */
    void forEachSum(ObjLongConsumer<String> consumer) {
        for (int i = 0; i < counters.length; i++) {
            if (counters[i] != ABSENT) {
                consumer.accept(kind.counters().get(i).field(), counters[i]);
            }
        }
        for (int i = 0; i < n.length; i++) {
            if (n[i] == 0) {
                continue;
            }
            var measure = kind.measures().get(i);
            consumer.accept(measure.name() + "." + StoreLayout.N, n[i]);
            if (measure.hasSum()) {
                consumer.accept(measure.name() + "." + measure.sumName(), sum[i]);
            }
            var counts = bins[i];
            if (counts != null) {
                var path = measure.name() + "." + StoreLayout.BINS + ".";
                counts.forEach((bin, count) -> consumer.accept(path + bin, count));
            }
        }
    }

    /** Tells smallest and largest value by the path of the reading. */
    void forEachRange(RangeConsumer consumer) {
        for (int i = 0; i < n.length; i++) {
            var measure = kind.measures().get(i);
            if (n[i] > 0 && measure.hasRange()) {
                consumer.accept(measure.name(), min[i], max[i]);
            }
        }
    }

    /** Takes the range of a reading. */
    interface RangeConsumer {
        void accept(String path, double min, double max);
    }

    private void addSample(Facts facts, double defaultIntervalS) {
        count(GpuCounter.SAMPLES, 1);
        var intervalS = Double.isNaN(facts.intervalS()) ? defaultIntervalS : facts.intervalS();
        count(GpuCounter.COVERED_US, Math.round(intervalS * MICRO));
        var powerW = facts.value(POWER_W.index());
        if (!Double.isNaN(powerW)) {
            count(GpuCounter.ENERGY_UJ, Math.round(powerW * intervalS * MICRO));
        }
        if (!Double.isNaN(facts.xid())) {
            count(GpuCounter.XID_ERRORS, facts.xid() == 0 ? 0 : 1);
        }
    }

    private void addUsage(Facts facts) {
        count(TokenCounter.REQUESTS, 1);
        count(TokenCounter.ERRORS, facts.failed() ? 1 : 0);
    }

    private void count(RollupCounter counter, long by) {
        var i = counter.ordinal();
        counters[i] = saturatedAdd(Math.max(0, counters[i]), by);
    }

    private void addValue(Measure measure, double value) {
        var i = measure.index();
        min[i] = n[i] == 0 ? value : Math.min(min[i], value);
        max[i] = n[i] == 0 ? value : Math.max(max[i], value);
        n[i]++;
        sum[i] = saturatedAdd(sum[i], Math.round(value * measure.sumPerUnit()));
        if (measure.hasBins()) {
            var counts = bins[i];
            if (counts == null) {
                counts = new TreeMap<>();
                bins[i] = counts;
            }
            counts.merge(LatencyBins.of(value), 1L, Long::sum);
        }
    }

    static long saturatedAdd(long a, long b) {
        var added = a + b;
        if (((a ^ added) & (b ^ added)) < 0) {
            return a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return added;
    }
}
