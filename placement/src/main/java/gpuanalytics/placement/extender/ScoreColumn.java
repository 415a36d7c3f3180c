package gpuanalytics.placement.extender;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.fragment.Fragmentation;
import gpuanalytics.placement.policy.ScoreParts;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The parts of the score of every node for one request, each kept until its node gets or loses a
 * pod: the same request asked again computes the few nodes that have changed.
 */
final class ScoreColumn {

    private static final int NOT_COMPUTED = Integer.MIN_VALUE;

    private final Shape shape;
    private final int[] versions;
    private final @Nullable ScoreParts[] parts;

    ScoreColumn(Shape shape, int nodes) {
        this.shape = shape;
        versions = new int[nodes];
        parts = new ScoreParts[nodes];
        Arrays.fill(versions, NOT_COMPUTED);
    }

    Shape shape() {
        return shape;
    }

    /** A node's parts; null where the request does not fit on it. */
    @Nullable ScoreParts parts(Fragmentation fragmentation, Node node) {
        int number = node.number();
        if (versions[number] != node.version()) {
            versions[number] = node.version();
            parts[number] = node.fits(shape) ? ScoreParts.of(fragmentation, node, shape) : null;
        }
        return parts[number];
    }
}
