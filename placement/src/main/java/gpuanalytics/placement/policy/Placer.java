package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Cluster;
import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.fragment.Fragmentation;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Finds the node for each request. A node's score for a shape is kept until the node gets a pod, so
 * that a decision computes the scores of few nodes. Not for several threads.
 */
public final class Placer {

    /** No node has room. */
    public static final int NONE = -1;

    /**
     * Scores that are kept: 48 MiB. The rarest shapes of a large cluster are computed each time.
     */
    private static final int MAX_KEPT_SCORES = 4 << 20;

    private static final double NO_ROOM = Double.NEGATIVE_INFINITY;
    private static final int NOT_COMPUTED = -1;

    private final Cluster cluster;
    private final List<Shape> shapes;
    private final Scorer scorer;
    private final Search search;
    private final boolean tiesAtRandom;
    private final SplittableRandom random;
    private final int keptShapes;
    private final double[] scores;
    private final int[] versions;
    private int nextStart;

    /**
     * @param shapes every shape that will be asked for, the most frequent first
     * @param random what chance there is
     */
    public Placer(
            Policy policy,
            Cluster cluster,
            Fragmentation fragmentation,
            List<Shape> shapes,
            Search search,
            SplittableRandom random) {
        this.cluster = cluster;
        this.shapes = List.copyOf(shapes);
        this.scorer = policy.scorer(fragmentation, random);
        this.search = search;
        this.random = random;
        tiesAtRandom = search.ties() == Ties.RANDOM || policy.choosesAtRandom();
        keptShapes = Math.min(shapes.size(), MAX_KEPT_SCORES / cluster.size());
        scores = new double[keptShapes * cluster.size()];
        versions = new int[scores.length];
        Arrays.fill(versions, NOT_COMPUTED);
    }

    /** The number of the node that a request of this shape gets, or {@link #NONE}. */
    public int node(int shape) {
        int size = cluster.size();
        int start = nextStart;
        int looked = 0;
        int fitting = 0;
        int best = NONE;
        double bestScore = NO_ROOM;
        int equals = 0;
        while (looked < size && fitting < search.nodesSeen()) {
            int number = start + looked++;
            number = number < size ? number : number - size;
            double score = score(shape, number);
            if (score == NO_ROOM) {
                continue;
            }
            fitting++;
            if (score > bestScore) {
                best = number;
                bestScore = score;
                equals = 1;
            } else if (score == bestScore && tiesAtRandom && random.nextInt(++equals) == 0) {
                best = number;
            }
        }
        nextStart = (start + looked) % size;
        return best;
    }

    /** The GPU for a pod that shares one; whatever it is for others, it is not used. */
    public int gpu(int shape, Node node) {
        var wanted = shapes.get(shape);
        return wanted.isShared() ? scorer.gpu(node, wanted) : NONE;
    }

    private double score(int shape, int number) {
        var node = cluster.node(number);
        if (shape >= keptShapes) {
            return computed(shape, node);
        }
        int place = shape * cluster.size() + number;
        if (versions[place] != node.version()) {
            versions[place] = node.version();
            scores[place] = computed(shape, node);
        }
        return scores[place];
    }

    private double computed(int shape, Node node) {
        var wanted = shapes.get(shape);
        return node.fits(wanted) ? scorer.score(node, wanted) : NO_ROOM;
    }
}
