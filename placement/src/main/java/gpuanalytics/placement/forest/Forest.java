package gpuanalytics.placement.forest;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * A random forest for regression. The same rows and seed make the same forest to the last bit,
 * however many threads grow it. Any thread may ask.
 */
public final class Forest {

    /** Rows that one task asks the trees about. */
    private static final int ROWS_PER_TASK = 4096;

    private final Bins bins;
    private final Tree[] trees;
    private final double base;
    private final OutOfBag outOfBag;

    private Forest(Bins bins, Tree[] trees, OutOfBag outOfBag) {
        this.bins = bins;
        this.trees = trees;
        this.outOfBag = outOfBag;
        double sum = 0;
        for (var tree : trees) {
            sum += tree.root();
        }
        base = sum / trees.length;
    }

    /** Grows a forest. */
    public static Forest grow(TrainingRows rows, ForestSettings settings)
            throws InterruptedException {
        var bins = Bins.of(rows);
        var binned = bins.all(rows);
        double centre = mean(rows.targets());
        var centred = new double[rows.size()];
        for (int row = 0; row < centred.length; row++) {
            centred[row] = rows.targets()[row] - centre;
        }
        // each tree's chance is its own, so that it does not matter which thread grows it
        var seeds = new SplittableRandom(settings.seed());
        var growing = new ArrayList<Callable<TreeGrower.Grown>>();
        for (int tree = 0; tree < settings.trees(); tree++) {
            var random = seeds.split();
            growing.add(
                    () -> new TreeGrower(settings, bins, binned, centred, centre, random).grow());
        }
        var grown = all(growing, settings.threads());
        var trees = grown.stream().map(TreeGrower.Grown::tree).toArray(Tree[]::new);
        return new Forest(bins, trees, outOfBag(grown, binned, settings.threads()));
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Runs all; the results stand in the tasks' order. */
    private static <T> List<T> all(List<Callable<T>> tasks, int threads)
            throws InterruptedException {
        var factory = Thread.ofPlatform().name("forest-", 0).daemon().factory();
        try (var executor = Executors.newFixedThreadPool(threads, factory)) {
            var results = new ArrayList<T>();
            for (var done : executor.invokeAll(tasks)) {
                results.add(done.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a tree could not be grown", e.getCause());
        }
    }

    private static OutOfBag outOfBag(List<TreeGrower.Grown> grown, byte[][] binned, int threads)
            throws InterruptedException {
        int rows = binned[0].length;
        var result = new OutOfBag(new double[rows], new double[rows]);
        var tasks = new ArrayList<Callable<Integer>>();
        for (int from = 0; from < rows; from += ROWS_PER_TASK) {
            int first = from;
            int end = Math.min(rows, from + ROWS_PER_TASK);
            tasks.add(
                    () -> {
                        askStrangers(grown, binned, first, end, result);
                        return end;
                    });
        }
        all(tasks, threads);
        return result;
    }

    private static void askStrangers(
            List<TreeGrower.Grown> grown, byte[][] binned, int from, int to, OutOfBag result) {
        var sums = new Sums[to - from];
        for (int row = 0; row < sums.length; row++) {
            sums[row] = new Sums();
        }
        for (var each : grown) {
            for (int row = from; row < to; row++) {
                if (each.weights()[row] == 0) {
                    add(sums[row - from], each.tree(), each.tree().leaf(binned, row));
                }
            }
        }
        for (int row = from; row < to; row++) {
            result.values()[row] = sums[row - from].mean();
            result.spreads()[row] = sums[row - from].spread();
        }
    }

    /**
     * What comes of a row.
     *
     * @param row a value per column; NaN where it is absent
     */
    public Estimate estimate(double[] row) {
        var binned = bins.row(row);
        var contributions = new double[binned.length];
        var sums = new Sums();
        for (var tree : trees) {
            add(sums, tree, tree.leaf(binned));
            tree.contribute(binned, contributions);
        }
        double value = base;
        for (int column = 0; column < contributions.length; column++) {
            contributions[column] /= trees.length;
            value += contributions[column];
        }
        return new Estimate(value, base, contributions, sums.spread());
    }

    private static void add(Sums sums, Tree tree, int leaf) {
        sums.add(tree.value(leaf), tree.variance(leaf));
    }

    /**
     * The forest for rows that differ from this one in some columns alone.
     *
     * @param row a value per column; those of the open ones do not count
     * @param open these columns
     */
    public Slice slice(double[] row, int... open) {
        return new Slice(bins, trees, row, open);
    }

    /** What the trees say of the training's rows that they have not seen. */
    public OutOfBag outOfBag() {
        return outOfBag;
    }

    /** How many columns a row has. */
    public int columns() {
        return bins.columns();
    }

    public int trees() {
        return trees.length;
    }

    /** Whether both have the same trees, to the last bit. */
    public boolean isSame(Forest other) {
        if (trees.length != other.trees.length) {
            return false;
        }
        for (int tree = 0; tree < trees.length; tree++) {
            if (!trees[tree].isSame(other.trees[tree])) {
                return false;
            }
        }
        return true;
    }
}
