package gpuanalytics.placement.policy;

/**
 * How nodes are looked for.
 *
 * @param ties which of equals is taken
 * @param nodesSeen after so many nodes that fit no further ones are looked at, and the next search
 *     goes on where this one ended, as in the kube-scheduler; {@link #ALL_NODES} for all
 */
public record Search(Ties ties, int nodesSeen) {

    public static final int ALL_NODES = Integer.MAX_VALUE;
}
