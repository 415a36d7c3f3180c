package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;

/** The node on which least CPU and GPU is left, compared with a large node. */
final class BestFit implements Scorer {

    /** The largest node of the FGD paper. */
    static final double LARGEST_CPU_MILLI = 128_000;

    static final double LARGEST_GPU_MILLI = 8_000;

    @Override
    public double score(Node node, Shape shape) {
        return Math.floor(exactly(node, shape));
    }

    /** The score from 0 to 100 without rounding; below 0 for a node larger than the largest. */
    static double exactly(Node node, Shape shape) {
        double cpu = (node.cpuFreeMilli() - shape.cpuMilli()) / LARGEST_CPU_MILLI;
        double gpu = (node.gpuFreeMilliInAll() - shape.gpuMilliInAll()) / LARGEST_GPU_MILLI;
        return 100 * (1 - (cpu + gpu) / 2);
    }
}
