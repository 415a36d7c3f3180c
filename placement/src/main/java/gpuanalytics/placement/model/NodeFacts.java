package gpuanalytics.placement.model;

import org.jspecify.annotations.Nullable;

/**
 * The node that a pod runs or may run on; null where it is not known.
 *
 * @param name the node
 * @param fragmentGpus free GPUs of the node that typical requests cannot use
 */
public record NodeFacts(@Nullable String name, @Nullable Double fragmentGpus) {

    /** A node of which nothing is known. */
    public static final NodeFacts UNKNOWN = new NodeFacts(null, null);

    public NodeFacts {
        Check.within("node_fragment_gpus", fragmentGpus, 0, 1024);
    }
}
