package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;

/**
 * What a stock scheduler prefers: much CPU and memory left (LeastAllocated), and both used alike
 * (BalancedAllocation). It sees no GPUs beyond whether they suffice.
 */
final class DefaultScorers implements Scorer {

    @Override
    public double score(Node node, Shape shape) {
        double cpu = left(node.cpuFreeMilli() - shape.cpuMilli(), node.cpuMilli());
        double memory = left(node.memoryFreeMib() - shape.memoryMib(), node.memoryMib());
        int leastAllocated = ((int) (100 * cpu) + (int) (100 * memory)) / 2;
        int balanced = (int) (100 * (1 - Math.abs(cpu - memory) / 2));
        return leastAllocated + balanced;
    }

    private static double left(int free, int all) {
        return all == 0 ? 0 : free / (double) all;
    }
}
