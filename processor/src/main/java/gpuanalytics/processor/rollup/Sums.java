package gpuanalytics.processor.rollup;

import gpuanalytics.event.GpuMetric;
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
        for (int i = 0; i < n.length; i++) {
            if (!Double.isNaN(facts.value(i))) {
                addValue(i, facts.value(i));
            }
        }
    }

    /** Tells each integer sum by its path in the rollup document. */
    void forEachSum(ObjLongConsumer<String> consumer) {
        for (int i = 0; i < counters.length; i++) {
            if (counters[i] != ABSENT) {
                consumer.accept(kind.counters().get(i), counters[i]);
            }
        }
        for (int i = 0; i < n.length; i++) {
            if (n[i] == 0) {
                continue;
            }
            var measure = kind.measures().get(i);
            consumer.accept(measure.field() + "." + StoreLayout.N, n[i]);
            if (measure.kind().hasSum()) {
                var name = measure.kind().isMicro() ? StoreLayout.SUM_MICRO : StoreLayout.SUM;
                consumer.accept(measure.field() + "." + name, sum[i]);
            }
            var counts = bins[i];
            if (counts != null) {
                var path = measure.field() + "." + StoreLayout.BINS + ".";
                counts.forEach((bin, count) -> consumer.accept(path + bin, count));
            }
        }
    }

    /** Tells smallest and largest value by the path of the reading. */
    void forEachRange(RangeConsumer consumer) {
        for (int i = 0; i < n.length; i++) {
            var measure = kind.measures().get(i);
            if (n[i] > 0 && measure.kind().hasRange()) {
                consumer.accept(measure.field(), min[i], max[i]);
            }
        }
    }

    /** Takes the range of a reading. */
    interface RangeConsumer {
        void accept(String path, double min, double max);
    }

    private void addSample(Facts facts, double defaultIntervalS) {
        count(RollupKind.SAMPLES, 1);
        var intervalS = Double.isNaN(facts.intervalS()) ? defaultIntervalS : facts.intervalS();
        count(RollupKind.COVERED, Math.round(intervalS * MICRO));
        var power = kind.measure(GpuMetric.POWER_W.name());
        if (power != null && !Double.isNaN(facts.value(power))) {
            count(RollupKind.ENERGY, Math.round(facts.value(power) * intervalS * MICRO));
        }
        if (!Double.isNaN(facts.xid())) {
            count(RollupKind.XID_ERRORS, facts.xid() == 0 ? 0 : 1);
        }
    }

    private void addUsage(Facts facts) {
        count(RollupKind.REQUESTS, 1);
        count(RollupKind.ERRORS, facts.failed() ? 1 : 0);
    }

    private void count(int counter, long by) {
        counters[counter] = saturatedAdd(Math.max(0, counters[counter]), by);
    }

    private void addValue(int measure, double value) {
        var measureKind = kind.measures().get(measure).kind();
        min[measure] = n[measure] == 0 ? value : Math.min(min[measure], value);
        max[measure] = n[measure] == 0 ? value : Math.max(max[measure], value);
        n[measure]++;
        sum[measure] =
                saturatedAdd(
                        sum[measure], Math.round(measureKind.isMicro() ? value * MICRO : value));
        if (measureKind == Measure.Kind.LATENCY) {
            var counts = bins[measure];
            if (counts == null) {
                counts = new TreeMap<>();
                bins[measure] = counts;
            }
            counts.merge(LatencyBins.of(value), 1L, Long::sum);
        }
    }

    private static long saturatedAdd(long a, long b) {
        var added = a + b;
        if (((a ^ added) & (b ^ added)) < 0) {
            return a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return added;
    }
}
