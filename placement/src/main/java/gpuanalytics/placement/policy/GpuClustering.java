package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;

/**
 * Requests for as many GPUs together: nodes that have only such pods, then those that have such
 * pods among others, then empty nodes, then the rest; within each the fuller node. Requests without
 * a GPU do not care.
 */
final class GpuClustering implements Scorer {

    private static final int QUARTER = 25;
    private static final int LARGEST_GPU_MILLI = (int) BestFit.LARGEST_GPU_MILLI;

    @Override
    public double score(Node node, Shape shape) {
        if (shape.gpus() == 0) {
            return 0;
        }
        int fullness = QUARTER * (LARGEST_GPU_MILLI - node.gpuFreeMilliInAll()) / LARGEST_GPU_MILLI;
        return fullness + QUARTER * rank(node, shape);
    }

    private static int rank(Node node, Shape shape) {
        int kinds = node.podKinds();
        if (node.podsWith(shape.isShared() ? 0 : shape.gpus()) > 0) {
            return kinds == 1 ? 3 : 2;
        }
        return kinds == 0 ? 1 : 0;
    }
}
