package gpuanalytics.placement.forest;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Grows one tree from rows that chance draws, some of them several times and some never. */
final class TreeGrower {

    private final ForestSettings settings;
    private final Bins bins;
    private final byte[][] binned;
    private final double[] targets;
    private final double centre;
    private final SplittableRandom random;

    /** How often each row was drawn. */
    private final byte[] weights;

    private final int[] rows;
    private final int[] moved;
    private final int[] columns;
    private final Histogram histogram;
    private final int leafRows;
    private final Tree tree = new Tree();

    /**
     * @param targets the rows' targets less their mean, so that sums of squares keep their digits
     * @param centre that mean
     */
    TreeGrower(
            ForestSettings settings,
            Bins bins,
            byte[][] binned,
            double[] targets,
            double centre,
            SplittableRandom random) {
        this.settings = settings;
        this.bins = bins;
        this.binned = binned;
        this.targets = targets;
        this.centre = centre;
        this.random = random;
        weights = new byte[targets.length];
        leafRows = settings.leafRows(targets.length);
        histogram = new Histogram(leafRows);
        rows = draw();
        moved = new int[rows.length];
        columns = new int[binned.length];
        for (int column = 0; column < columns.length; column++) {
            columns[column] = column;
        }
    }

    /** A tree and how often each row was drawn for it. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Grown(Tree tree, byte[] weights) {}

    Grown grow() {
        grow(tree.add(), 0, rows.length, settings.maxDepth());
        return new Grown(tree.trimmed(), weights);
    }

    private int[] draw() {
        int distinct = 0;
        for (int draw = 0; draw < weights.length; draw++) {
            int row = random.nextInt(weights.length);
            if (weights[row] < Byte.MAX_VALUE && weights[row]++ == 0) {
                distinct++;
            }
        }
        var drawn = new int[distinct];
        int place = 0;
        for (int row = 0; row < weights.length; row++) {
            if (weights[row] > 0) {
                drawn[place++] = row;
            }
        }
        return drawn;
    }

    /** Grows a node that is there; returns how many rows were drawn for it. */
    private int grow(int node, int from, int to, int depthLeft) {
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int place = from; place < to; place++) {
            double target = targets[rows[place]];
            int weight = weights[rows[place]];
            sum += weight * target;
            squares += weight * target * target;
            count += weight;
        }
        double variance = Math.max(0, squares / count - sum / count * (sum / count));
        int column = -1;
        if (depthLeft > 0 && count >= 2 * leafRows && variance > 0) {
            histogram.begin(sum, count);
            offerColumns(from, to);
            column = histogram.column();
        }
        if (column < 0) {
            tree.set(node, centre + median(from, to, count), variance);
            return count;
        }
        long left = histogram.left();
        int middle = part(binned[column], left, from, to);
        int first = tree.add();
        int second = tree.add();
        tree.split(node, column, left, first);
        int firstCount = grow(first, from, middle, depthLeft - 1);
        int secondCount = grow(second, middle, to, depthLeft - 1);
        double firstShare = (double) firstCount / (firstCount + secondCount);
        tree.set(
                node,
                firstShare * tree.value(first) + (1 - firstShare) * tree.value(second),
                variance);
        return count;
    }

    /** The middle of the rows that were drawn, each as often as it was. */
    private double median(int from, int to, int count) {
        var drawn = new double[count];
        int size = 0;
        for (int place = from; place < to; place++) {
            for (int time = 0; time < weights[rows[place]]; time++) {
                drawn[size++] = targets[rows[place]];
            }
        }
        Arrays.sort(drawn);
        return (drawn[(count - 1) / 2] + drawn[count / 2]) / 2;
    }

    private void offerColumns(int from, int to) {
        int offered = Math.min(settings.columnsPerSplit(), columns.length);
        for (int place = 0; place < offered; place++) {
            int other = place + random.nextInt(columns.length - place);
            int column = columns[other];
            columns[other] = columns[place];
            columns[place] = column;
            histogram.offer(
                    column,
                    bins.isCategory(column),
                    binned[column],
                    targets,
                    weights,
                    rows,
                    from,
                    to);
        }
    }

    /** Moves the rows of the first child to the front, both in their order; returns the middle. */
    private int part(byte[] bin, long left, int from, int to) {
        int first = from;
        int second = 0;
        for (int place = from; place < to; place++) {
            int row = rows[place];
            if ((left >>> bin[row] & 1) == 1) {
                rows[first++] = row;
            } else {
                moved[second++] = row;
            }
        }
        System.arraycopy(moved, 0, rows, first, second);
        return first;
    }
}
