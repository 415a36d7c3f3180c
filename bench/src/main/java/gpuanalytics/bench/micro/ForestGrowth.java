package gpuanalytics.bench.micro;

import gpuanalytics.placement.feature.Feature;
import gpuanalytics.placement.forest.Forest;
import gpuanalytics.placement.forest.ForestSettings;
import gpuanalytics.placement.forest.TrainingRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Growing a forest of 100 trees with its out-of-bag errors, and one estimate with its
 * contributions, in the heap that the placement program has.
 */
@State(Scope.Benchmark)
@Fork(value = 1, jvmArgsAppend = "-Xmx640m")
public class ForestGrowth {

    private static final long SEED = 1;
    private static final int ASKED = 1000;

    @Param({"10000", "100000"})
    public int rows = 10_000;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private List<double[]> asked = List.of();
    private TrainingRows training =
            new TrainingRows(new double[1][1], new boolean[1], new double[1]);
    private @Nullable Forest forest;

    @Setup
    public void prepare() throws InterruptedException {
        var all = new ArrayList<double[]>();
        var targets = new double[rows];
        for (int row = 0; row < rows; row++) {
            all.add(row());
            targets[row] = outcome(all.getLast());
        }
        training = TrainingRows.of(all, Feature.categories(), targets);
        asked = all.subList(0, ASKED);
        forest = grow();
    }

    /** A tenth of the values is absent. */
    private double[] row() {
        var row = new double[Feature.ALL.size()];
        for (var feature : Feature.ALL) {
            double value = feature.isCategory() ? random.nextInt(8) : random.nextDouble();
            row[feature.column()] = random.nextInt(10) == 0 ? Double.NaN : value;
        }
        return row;
    }

    private double outcome(double[] row) {
        double sum = 0.3 * random.nextGaussian();
        for (int column = 0; column < row.length; column += 2) {
            sum += Double.isNaN(row[column]) ? 1 : Math.sin(3 * row[column]);
        }
        return sum;
    }

    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    @Warmup(iterations = 4)
    @Measurement(iterations = 7)
    public Forest grow() throws InterruptedException {
        return Forest.grow(training, ForestSettings.defaults(SEED));
    }

    /** A thousand in so many ms is one in as many µs. */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @OutputTimeUnit(TimeUnit.MILLISECONDS)
    @Warmup(iterations = 3, time = 1)
    @Measurement(iterations = 5, time = 1)
    public double estimateThousand() {
        var grown = Objects.requireNonNull(forest);
        double sum = 0;
        for (var row : asked) {
            sum += grown.estimate(row).value();
        }
        return sum;
    }
}
