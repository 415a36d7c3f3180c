package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;
import java.util.SplittableRandom;

/** All nodes are equal, and so are their GPUs. */
record RandomNode(SplittableRandom random) implements Scorer {

    @Override
    public double score(Node node, Shape shape) {
        return 0;
    }

    @Override
    public int gpu(Node node, Shape shape) {
        int chosen = -1;
        int seen = 0;
        for (int gpu = 0; gpu < node.gpus(); gpu++) {
            if (node.gpuFreeMilli(gpu) >= shape.gpuMilli() && random.nextInt(++seen) == 0) {
                chosen = gpu;
            }
        }
        return chosen;
    }
}
