package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;

/**
 * The node whose free CPU and GPUs are least like the request (Tetris' alignment, taken the other
 * way round, as the FGD paper compares it).
 */
final class DotProduct implements Scorer {

    @Override
    public double score(Node node, Shape shape) {
        double cpu =
                (node.cpuFreeMilli() / BestFit.LARGEST_CPU_MILLI)
                        * (shape.cpuMilli() / BestFit.LARGEST_CPU_MILLI);
        double gpu =
                (node.gpuFreeMilliInAll() / BestFit.LARGEST_GPU_MILLI)
                        * (shape.gpuMilliInAll() / BestFit.LARGEST_GPU_MILLI);
        return (int) (100 * (1 - (cpu + gpu) / 2));
    }
}
