package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.fragment.Fragmentation;

/**
 * FGD: the node and the GPU on which the request makes fragmentation grow least.
 *
 * @param bestFitWeight how much of the best-fit score is added to hundredths of a GPU; with 0 the
 *     score is a whole number from 0 to 100, as published, and many nodes are equal
 */
record FragmentGradient(Fragmentation fragmentation, double bestFitWeight) implements Scorer {

    @Override
    public double score(Node node, Shape shape) {
        long weight = weightWith(node, shape, gpu(node, shape));
        return bestFitWeight == 0
                ? whole(node, weight)
                : 100 * shrunk(node, weight) + bestFitWeight * BestFit.exactly(node, shape);
    }

    /** The GPU that gives the best score, the first of equals; -1 for a pod that shares none. */
    @Override
    public int gpu(Node node, Shape shape) {
        if (!shape.isShared()) {
            return -1;
        }
        int best = -1;
        double bestScore = 0;
        for (int gpu = 0; gpu < node.gpus(); gpu++) {
            if (node.gpuFreeMilli(gpu) < shape.gpuMilli() || isLikeEarlier(node, gpu)) {
                continue;
            }
            long weight = weightWith(node, shape, gpu);
            double score = bestFitWeight == 0 ? whole(node, weight) : gradient(node, weight);
            if (best < 0 || score > bestScore) {
                best = gpu;
                bestScore = score;
            }
        }
        return best;
    }

    private long weightWith(Node node, Shape shape, int gpu) {
        return fragmentation.weightWith(node, shape, gpu);
    }

    /** By how many GPUs fragmentation shrinks. */
    private double shrunk(Node node, long weightAfter) {
        return fragmentation.gpus(fragmentation.weight(node) - weightAfter);
    }

    private double gradient(Node node, long weightAfter) {
        return 100 / (1 + Math.exp(-shrunk(node, weightAfter)));
    }

    private double whole(Node node, long weightAfter) {
        return Math.floor(gradient(node, weightAfter));
    }

    private static boolean isLikeEarlier(Node node, int gpu) {
        for (int earlier = 0; earlier < gpu; earlier++) {
            if (node.gpuFreeMilli(earlier) == node.gpuFreeMilli(gpu)) {
                return true;
            }
        }
        return false;
    }
}
