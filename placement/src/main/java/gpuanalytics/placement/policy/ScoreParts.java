package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.fragment.Fragmentation;

/**
 * What {@link Policy#FGD_BEST_FIT} adds up for a node that a request fits on, part by part.
 *
 * @param gpu the GPU for a request that shares one; -1 for others
 * @param shrunkGpus by how many GPUs fragmentation shrinks
 * @param cpuFit half of best-fit: 50 where no CPU is left, less for each core that is
 * @param gpuFit the other half, for GPUs
 */
public record ScoreParts(int gpu, double shrunkGpus, double cpuFit, double gpuFit) {

    private static final double HALF = 50;

    /** The parts for a node. */
    public static ScoreParts of(Fragmentation fragmentation, Node node, Shape shape) {
        int gpu = new FragmentGradient(fragmentation, Policy.BEST_FIT_WEIGHT).gpu(node, shape);
        long after = fragmentation.weightWith(node, shape, gpu);
        return new ScoreParts(
                gpu,
                fragmentation.gpus(fragmentation.weight(node) - after),
                HALF * (1 - (node.cpuFreeMilli() - shape.cpuMilli()) / BestFit.LARGEST_CPU_MILLI),
                HALF
                        * (1
                                - (node.gpuFreeMilliInAll() - shape.gpuMilliInAll())
                                        / BestFit.LARGEST_GPU_MILLI));
    }

    /** The GPUs that a request gets on this node, as a set of bits. */
    public long gpus(Node node, Shape shape) {
        if (shape.gpus() == 0) {
            return 0;
        }
        return shape.isShared() ? 1L << gpu : node.gpusFor(shape);
    }
}
