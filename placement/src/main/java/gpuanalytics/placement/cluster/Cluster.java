package gpuanalytics.placement.cluster;

import java.util.ArrayList;
import java.util.List;

/** Nodes in an order, with what is free on them. Not for several threads. */
public final class Cluster {

    private final List<Node> nodes = new ArrayList<>();
    private final long gpuMilli;
    private long allocatedMilli;

    /** An empty cluster. */
    public Cluster(List<NodeSpec> specs) {
        long milli = 0;
        for (var spec : specs) {
            nodes.add(
                    new Node(
                            nodes.size(),
                            spec.model(),
                            spec.cpuMilli(),
                            spec.memoryMib(),
                            spec.gpus()));
            milli += (long) spec.gpus() * Node.GPU_MILLI;
        }
        gpuMilli = milli;
    }

    public int size() {
        return nodes.size();
    }

    public Node node(int number) {
        return nodes.get(number);
    }

    /** Thousandths of all GPUs. */
    public long gpuMilli() {
        return gpuMilli;
    }

    /** Thousandths of GPUs that pods have. */
    public long allocatedMilli() {
        return allocatedMilli;
    }

    /** The most GPUs that a node has. */
    public int mostGpus() {
        return nodes.stream().mapToInt(Node::gpus).max().orElse(0);
    }

    /** Puts a pod on a node that it fits on, see {@link Node#place}. */
    public void place(Node node, Shape shape, int gpu) {
        node.place(shape, gpu);
        allocatedMilli += shape.gpuMilliInAll();
    }

    /** Takes every pod off a node. */
    public void clear(Node node) {
        allocatedMilli -= (long) node.gpus() * Node.GPU_MILLI - node.gpuFreeMilliInAll();
        node.clear();
    }

    /** Counts a pod that is on a node already, see {@link Node#occupy}. */
    public void occupy(Node node, Shape shape, long gpus) {
        long before = node.gpuFreeMilliInAll();
        node.occupy(shape, gpus);
        allocatedMilli += before - node.gpuFreeMilliInAll();
    }
}
