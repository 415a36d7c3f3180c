package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;

/**
 * GPUs in use before free ones, nodes in use before empty ones; among GPUs in use those with less
 * room, among nodes those with fewer GPUs. Requests without a GPU do not care.
 */
final class GpuPacking implements Scorer {

    private static final int MOST = 100;

    @Override
    public double score(Node node, Shape shape) {
        if (shape.gpus() == 0) {
            return 0;
        }
        int whole = wholeGpus(node);
        if (whole == node.gpus()) {
            return Math.max(MOST / 3 - whole, whole);
        }
        long taken = gpusFor(node, shape);
        int wholeTaken = 0;
        int freePercent = 0;
        for (int gpu = 0; gpu < node.gpus(); gpu++) {
            if ((taken >>> gpu & 1) == 1) {
                wholeTaken += node.gpuFreeMilli(gpu) == Node.GPU_MILLI ? 1 : 0;
                freePercent += node.gpuFreeMilli(gpu) * 100 / Node.GPU_MILLI;
            }
        }
        return wholeTaken > 0
                ? Math.max(MOST / 2 - wholeTaken, MOST / 3)
                : Math.max(MOST - freePercent / 10, MOST / 2);
    }

    private static long gpusFor(Node node, Shape shape) {
        return shape.isShared() ? 1L << node.tightestGpu(shape.gpuMilli()) : node.gpusFor(shape);
    }

    private static int wholeGpus(Node node) {
        int whole = 0;
        for (int gpu = 0; gpu < node.gpus(); gpu++) {
            whole += node.gpuFreeMilli(gpu) == Node.GPU_MILLI ? 1 : 0;
        }
        return whole;
    }
}
