package gpuanalytics.placement.extender;

/** How well pods have fared on nodes. Any thread may ask; it answers at once. */
@FunctionalInterface
public interface NodeHistory {

    /** Nothing is known. */
    NodeHistory NONE = _ -> Stability.UNKNOWN;

    /** What is known of a node. */
    Stability of(String node);

    /**
     * How stable a node is.
     *
     * @param failingLately how many different workloads have failed or been restarted there within
     *     the last hour: one that fails everywhere counts once, a node that is broken fails many
     * @param failing the same within seven days
     */
    record Stability(int failingLately, int failing) {
        public static final Stability UNKNOWN = new Stability(0, 0);
    }
}
