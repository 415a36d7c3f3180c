package gpuanalytics.processor.rollup;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.RollupCounter;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.rollup.Effect.Amount;
import gpuanalytics.processor.store.StoreLayout;
import java.util.Arrays;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The sums of some events of one rollup document. Integers, so that the order of adding does not
 * matter; one that would pass 64 bits stays at the largest value.
 */
final class Sums {

    private static final double MICRO = 1e6;
    private static final long ABSENT = Long.MIN_VALUE;

    private final RollupKind kind;
    private final long[] counters;

    /** Whether anything was added to a reading, be it that its sums are 0 again. */
    private final boolean[] touched;

    private final long[] n;
    private final long[] sum;
    private final double[] min;
    private final double[] max;
    private final @Nullable BinCounts[] bins;

    Sums(RollupKind kind) {
        this.kind = kind;
        this.counters = new long[kind.counters().size()];
        var measures = kind.measures().size();
        this.touched = new boolean[measures];
        this.n = new long[measures];
        this.sum = new long[measures];
        this.min = new double[measures];
        this.max = new double[measures];
        this.bins = new @Nullable BinCounts[measures];
        clear();
    }

    /** Forgets all that was added. */
    void clear() {
        Arrays.fill(counters, ABSENT);
        Arrays.fill(touched, false);
        Arrays.fill(n, 0);
        Arrays.fill(sum, 0);
        Arrays.fill(min, Double.NaN);
        for (var counts : bins) {
            if (counts != null) {
                counts.clear();
            }
        }
    }

    /** Adds so much of one event; a reading that it does not have adds nothing. */
    void add(EventValues values, Amount amount, double defaultIntervalS) {
        switch (kind) {
            case GPU -> addSample(values, amount, defaultIntervalS);
            case TOKEN -> addUsage(values, amount);
        }
        switch (amount) {
            case WHOLE, READINGS, REINSTATED -> addReadings(values, 1);
            case TAKEN_BACK -> addReadings(values, -1);
            case ATTEMPT -> {}
        }
    }

    private void addReadings(EventValues values, int times) {
        long requests = times * requests(values);
        int place = 0;
        for (long left = values.numeric(); left != 0; left &= left - 1) {
            var measure = kind.measureOf(Long.numberOfTrailingZeros(left));
            if (measure != null) {
                var value = values.numberAt(place, measure.field());
                long weight = measure.hasBins() ? requests : times;
                if (!Double.isNaN(value) && weight != 0) {
                    addValue(measure, value, weight);
                }
            }
            place++;
        }
    }

    /** How many requests a usage sums up: the times of several are their means. */
    private long requests(EventValues values) {
        return kind == RollupKind.TOKEN && values.has(TokenUsage.REQUESTS)
                ? (long) values.number(TokenUsage.REQUESTS)
                : 1;
    }

    /** Tells each integer sum by its path in the rollup document. */
    void forEachSum(ObjLongConsumer<String> consumer) {
        forEachCounter(consumer);
        for (int i = 0; i < n.length; i++) {
            if (!touched[i]) {
                continue;
            }
            var measure = kind.measures().get(i);
            var paths = kind.paths(i);
            consumer.accept(paths.n(), n[i]);
            if (measure.hasSum()) {
                consumer.accept(paths.sum(), sum[i]);
            }
            var counts = bins[i];
            if (counts != null) {
                counts.forEach((bin, count) -> consumer.accept(paths.bin(bin), count));
            }
        }
    }

    private void forEachCounter(ObjLongConsumer<String> consumer) {
        for (int i = 0; i < counters.length; i++) {
            if (counters[i] != ABSENT) {
                consumer.accept(kind.counters().get(i).field(), counters[i]);
            }
        }
    }

    /** Writes all of it as it is in a rollup document that has nothing else. */
    void write(BsonBytes out) {
        forEachCounter(out::whole);
        for (int i = 0; i < n.length; i++) {
            if (touched[i]) {
                int reading = out.begin(kind.paths(i).reading());
                writeReading(out, i);
                out.end(reading);
            }
        }
    }

    private void writeReading(BsonBytes out, int i) {
        var measure = kind.measures().get(i);
        out.whole(StoreLayout.N, n[i]);
        if (measure.hasSum()) {
            out.whole(kind.paths(i).sumName(), sum[i]);
        }
        if (!Double.isNaN(min[i]) && measure.hasRange()) {
            out.number(StoreLayout.MIN, min[i]);
            out.number(StoreLayout.MAX, max[i]);
        }
        var counts = bins[i];
        if (counts != null && !counts.isEmpty()) {
            int each = out.begin(StoreLayout.BINS);
            counts.forEach((bin, count) -> out.whole(MeasurePaths.binName(bin), count));
            out.end(each);
        }
    }

    /** Tells smallest and largest value of each reading that has them. */
    void forEachRange(RangeConsumer consumer) {
        for (int i = 0; i < n.length; i++) {
            var measure = kind.measures().get(i);
            if (!Double.isNaN(min[i]) && measure.hasRange()) {
                consumer.accept(kind.paths(i), min[i], max[i]);
            }
        }
    }

    /** Takes the range of a reading. */
    interface RangeConsumer {
        void accept(MeasurePaths paths, double min, double max);
    }

    private void addSample(EventValues values, Amount amount, double defaultIntervalS) {
        var given = values.number(GpuMetric.INTERVAL_S);
        var intervalS = Double.isNaN(given) ? defaultIntervalS : given;
        switch (amount) {
            case WHOLE -> {
                count(GpuCounter.SAMPLES, 1);
                count(GpuCounter.COVERED_US, Math.round(intervalS * MICRO));
            }
            case READINGS -> {} // of a sample that counts already, and its time too
            case TAKEN_BACK, REINSTATED, ATTEMPT ->
                    throw new IllegalArgumentException("a sample counts as " + amount);
        }
        addEnergy(values, intervalS);
        var xidErrors = values.counts().xidErrors();
        if (xidErrors != null) {
            count(GpuCounter.XID_ERRORS, xidErrors);
        } else if (values.has(GpuMetric.XID)) {
            count(GpuCounter.XID_ERRORS, values.number(GpuMetric.XID) == 0 ? 0 : 1);
        }
    }

    private void addEnergy(EventValues values, double intervalS) {
        var decided = values.counts();
        var powerW = values.number(GpuMetric.POWER_W);
        if (decided.energyUnknown()) {
            count(GpuCounter.ENERGY_UNKNOWN, 1);
        } else if (decided.energyUj() != null) {
            count(GpuCounter.ENERGY_UJ, decided.energyUj());
        } else if (!Double.isNaN(powerW)) {
            count(GpuCounter.ENERGY_UJ, Math.round(powerW * intervalS * MICRO));
        }
    }

    private void addUsage(EventValues values, Amount amount) {
        long requests = requests(values);
        long failed = values.hasFailed() ? requests : 0;
        switch (amount) {
            case WHOLE -> {
                count(TokenCounter.REQUESTS, requests);
                if (requests == 0) {
                    count(TokenCounter.WITHOUT_REQUEST, 1);
                }
                count(TokenCounter.ERRORS, failed);
            }
            case TAKEN_BACK -> {
                count(TokenCounter.REQUESTS, -requests);
                count(TokenCounter.SUPERSEDED, requests);
                count(TokenCounter.FAILED_ATTEMPTS, failed); // its error stays counted
            }
            case REINSTATED -> {
                // What was superseded stays so counted: with the requests it must not fall.
                count(TokenCounter.REQUESTS, requests);
                count(TokenCounter.FAILED_ATTEMPTS, -failed);
            }
            case ATTEMPT -> {
                count(TokenCounter.ERRORS, failed);
                count(TokenCounter.FAILED_ATTEMPTS, failed);
            }
            case READINGS -> throw new IllegalArgumentException("a usage counts as " + amount);
        }
    }

    private void count(RollupCounter counter, long by) {
        var i = counter.ordinal();
        counters[i] = saturatedAdd(counters[i] == ABSENT ? 0 : counters[i], by);
    }

    /** Adds a value, or takes one back; a range does not shrink again. */
    private void addValue(Measure measure, double value, long times) {
        var i = measure.index();
        touched[i] = true;
        if (times > 0) {
            var isFirst = Double.isNaN(min[i]);
            min[i] = isFirst ? value : Math.min(min[i], value);
            max[i] = isFirst ? value : Math.max(max[i], value);
        }
        n[i] += times;
        sum[i] = saturatedAdd(sum[i], saturatedTimes(times, value * measure.sumPerUnit()));
        if (measure.hasBins()) {
            var counts = bins[i];
            if (counts == null) {
                counts = new BinCounts();
                bins[i] = counts;
            }
            counts.add(LatencyBins.of(value), times);
        }
    }

    private static long saturatedTimes(long times, double value) {
        long one = Math.round(value);
        long product = times * one;
        if (Math.multiplyHigh(times, one) == (product >> (Long.SIZE - 1))) {
            return product;
        }
        return (times < 0) == (one < 0) ? Long.MAX_VALUE : Long.MIN_VALUE;
    }

    static long saturatedAdd(long a, long b) {
        var added = a + b;
        if (((a ^ added) & (b ^ added)) < 0) {
            return a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return added;
    }
}
