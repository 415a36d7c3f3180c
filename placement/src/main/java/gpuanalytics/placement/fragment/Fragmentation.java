package gpuanalytics.placement.fragment;

import gpuanalytics.placement.cluster.Cluster;
import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;

/**
 * The fragmentation of a cluster as FGD measures it (Weng et al., USENIX ATC 2023), kept up to
 * date: a pod changes one node, so one node is weighed anew. Not for several threads.
 *
 * <p>Weights are GPU milli times typical requests; {@link #gpus} makes GPUs of them.
 */
public final class Fragmentation {

    private final TypicalPods typical;
    private final Weighing weighing;
    private final long[] weights;
    private final int[] free;
    private long weight;

    public Fragmentation(Cluster cluster, TypicalPods typical) {
        this.typical = typical;
        weighing = new Weighing(typical);
        weights = new long[cluster.size()];
        free = new int[cluster.mostGpus()];
        for (int node = 0; node < cluster.size(); node++) {
            update(cluster.node(node));
        }
    }

    /** The whole cluster's weight. */
    public long weight() {
        return weight;
    }

    /** A node's weight. */
    public long weight(Node node) {
        return weights[node.number()];
    }

    /** Weighs a node anew that has got a pod; returns by how much its weight has grown. */
    public long update(Node node) {
        long now = weigh(node);
        long grown = now - weights[node.number()];
        weights[node.number()] = now;
        weight += grown;
        return grown;
    }

    /** The weight of a node as it is now, which need not be one of the cluster's. */
    public long weigh(Node node) {
        int size = node.copyGpuFree(free);
        return weighing.weigh(node.model(), node.cpuFreeMilli(), free, size);
    }

    /**
     * A node's weight if a pod were on it.
     *
     * @param gpu the GPU that the pod shares, where it shares one
     */
    public long weightWith(Node node, Shape shape, int gpu) {
        int size = node.copyGpuFree(free);
        if (shape.isShared()) {
            free[gpu] -= shape.gpuMilli();
        } else {
            long gpus = node.gpusFor(shape);
            for (int taken = 0; taken < size; taken++) {
                free[taken] -= (gpus >>> taken & 1) == 1 ? shape.gpuMilli() : 0;
            }
        }
        return weighing.weigh(node.model(), node.cpuFreeMilli() - shape.cpuMilli(), free, size);
    }

    /** The GPUs that a weight is. */
    public double gpus(long someWeight) {
        return someWeight / (double) typical.inAll() / Node.GPU_MILLI;
    }
}
