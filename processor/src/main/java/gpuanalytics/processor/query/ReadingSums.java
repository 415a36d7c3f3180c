package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.Reading.Distribution;
import gpuanalytics.processor.query.Reading.Level;
import gpuanalytics.processor.query.Reading.Total;
import gpuanalytics.processor.rollup.LatencyBins;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up the parts that rollups hold of each measure. */
final class ReadingSums {

    private final Measures measures;
    private final List<Sum> sums = new ArrayList<>();

    ReadingSums(Measures measures) {
        this.measures = measures;
        for (var measure : measures) {
            sums.add(sumOf(measure));
        }
    }

    /** Adds what a stored rollup holds. */
    void add(ReadingFields rollup) {
        for (var measure : measures) {
            sums.get(measure.index()).add(rollup.of(measure));
        }
    }

    /** Adds the sums of others of the same measures. */
    void add(ReadingSums others) {
        for (int i = 0; i < sums.size(); i++) {
            sums.get(i).add(others.sums.get(i));
        }
    }

    /** Whether every number is zero or absent. */
    boolean isNothing() {
        return sums.stream().allMatch(Sum::isNothing);
    }

    Readings readings() {
        var readings = new ArrayList<@Nullable Reading>(sums.size());
        for (var sum : sums) {
            readings.add(sum.reading());
        }
        return new Readings(measures, readings);
    }

    private static Sum sumOf(Measure measure) {
        return switch (measure.aggregation()) {
            case GAUGE, WHOLE_GAUGE -> new LevelSum(measure);
            case SUM -> new TotalSum();
            case HISTOGRAM -> new DistributionSum(measure);
            case COUNTER, NONE -> new NoSum();
        };
    }

    /** The parts of one measure. */
    private interface Sum {

        void add(ReadingFields.Part part);

        /** Adds another sum of the same measure. */
        void add(Sum other);

        boolean isNothing();

        /** What they are together; null for no values. */
        @Nullable Reading reading();
    }

    private static final class LevelSum implements Sum {

        private final Measure measure;
        private long n;
        // a double: a year of byte counts may leave the range of a long, and only the mean is shown
        private double sum;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;

        LevelSum(Measure measure) {
            this.measure = measure;
        }

        @Override
        public void add(ReadingFields.Part part) {
            n += part.n().integer();
            sum += part.sum().integer();
            if (part.min().isNumber()) {
                min = Math.min(min, part.min().decimal());
            }
            if (part.max().isNumber()) {
                max = Math.max(max, part.max().decimal());
            }
        }

        @Override
        public void add(Sum other) {
            if (other instanceof LevelSum level) {
                n += level.n;
                sum += level.sum;
                min = Math.min(min, level.min);
                max = Math.max(max, level.max);
            }
        }

        @Override
        public boolean isNothing() {
            return n == 0;
        }

        @Override
        public @Nullable Reading reading() {
            return n <= 0 ? null : new Level(sum / n / measure.sumPerUnit(), min, max);
        }
    }

    /** Exact to the last unit. */
    private static final class TotalSum implements Sum {

        private long n;
        private long sum;

        @Override
        public void add(ReadingFields.Part part) {
            n += part.n().integer();
            sum = Math.addExact(sum, part.sum().integer());
        }

        @Override
        public void add(Sum other) {
            if (other instanceof TotalSum total) {
                n += total.n;
                sum = Math.addExact(sum, total.sum);
            }
        }

        @Override
        public boolean isNothing() {
            return sum == 0;
        }

        @Override
        public @Nullable Reading reading() {
            return n <= 0 ? null : new Total(sum);
        }
    }

    private static final class DistributionSum implements Sum {

        private final LevelSum level;

        /** Counts of bins from {@link #lowest} on: most groups have values in few of them. */
        private long[] bins = {};

        private int lowest;

        DistributionSum(Measure measure) {
            this.level = new LevelSum(measure);
        }

        @Override
        public void add(ReadingFields.Part part) {
            level.add(part);
            part.bins().forEachCount(this::add);
        }

        @Override
        public void add(Sum other) {
            if (other instanceof DistributionSum distribution) {
                level.add(distribution.level);
                for (int i = 0; i < distribution.bins.length; i++) {
                    if (distribution.bins[i] != 0) {
                        add(distribution.lowest + i, distribution.bins[i]);
                    }
                }
            }
        }

        private void add(int bin, long count) {
            if (bins.length == 0) {
                lowest = bin;
            }
            if (bin < lowest) {
                var wider = new long[bins.length + lowest - bin];
                System.arraycopy(bins, 0, wider, lowest - bin, bins.length);
                bins = wider;
                lowest = bin;
            } else if (bin >= lowest + bins.length) {
                bins = Arrays.copyOf(bins, bin - lowest + 1);
            }
            bins[bin - lowest] += count;
        }

        @Override
        public boolean isNothing() {
            return level.isNothing();
        }

        @Override
        public @Nullable Reading reading() {
            return level.reading() instanceof Level(double mean, double min, double max)
                    ? new Distribution(
                            level.n,
                            quantile(0.5, min, max),
                            quantile(0.95, min, max),
                            toMicros(mean))
                    : null;
        }

        /** A bin's middle may lie outside of what was measured, a percentile may not. */
        private double quantile(double share, double min, double max) {
            var all = new long[LatencyBins.COUNT];
            System.arraycopy(bins, 0, all, lowest, bins.length);
            return toMicros(Math.clamp(LatencyBins.quantileMs(all, share), min, max));
        }

        /** More digits of a millisecond than three would only look exact. */
        private static double toMicros(double millis) {
            return Math.round(millis * 1000) / 1000.0;
        }
    }

    /**
     * Of a counter that its source keeps and may start again: what it grew by between two values is
     * not known from the smallest and the largest, so no answer shows it.
     */
    private static final class NoSum implements Sum {

        @Override
        public void add(ReadingFields.Part part) {}

        @Override
        public void add(Sum other) {}

        @Override
        public boolean isNothing() {
            return true;
        }

        @Override
        public @Nullable Reading reading() {
            return null;
        }
    }
}
