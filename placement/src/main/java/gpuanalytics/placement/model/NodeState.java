package gpuanalytics.placement.model;

import org.jspecify.annotations.Nullable;

/**
 * The node that a pod runs or may run on; null where it is not known.
 *
 * @param name the node
 * @param fragmentGpus free GPUs of the node that typical requests cannot use
 */
public record NodeState(@Nullable String name, @Nullable Double fragmentGpus) {

    /** A node of which nothing is known. */
    public static final NodeState UNKNOWN = new NodeState(null, null);

    public NodeState {
        Check.within("node_fragment_gpus", fragmentGpus, 0, 1024);
    }
}
