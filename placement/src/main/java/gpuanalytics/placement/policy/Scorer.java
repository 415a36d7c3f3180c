package gpuanalytics.placement.policy;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;

/** Compares nodes for a request; both are only asked about nodes that the request fits on. */
interface Scorer {

    /** How good the node is: the highest gets the pod. The same for the same state of the node. */
    double score(Node node, Shape shape);

    /** The GPU for a pod that shares one. */
    default int gpu(Node node, Shape shape) {
        return node.tightestGpu(shape.gpuMilli());
    }
}
