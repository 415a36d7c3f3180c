package gpuanalytics.placement.feature;

import org.jspecify.annotations.Nullable;

/**
 * What the node adds to the features of a pod; null where it is not known.
 *
 * @param gpuModel of the node's GPUs, or the one that the pod asks for
 * @param wattsPerBusyGpu see {@link Feature#NODE_POWER_PER_BUSY_SECOND}
 * @param fragmentGpus see {@link Feature#NODE_FRAGMENT}
 */
public record NodeFeatures(
        @Nullable String gpuModel,
        @Nullable Double wattsPerBusyGpu,
        @Nullable Double fragmentGpus) {

    /** The columns that these are. */
    private static final int[] COLUMNS = {
        Feature.GPU_MODEL.column(),
        Feature.NODE_POWER_PER_BUSY_SECOND.column(),
        Feature.NODE_FRAGMENT.column()
    };

    /** The forest's columns in which one node differs from another, in this record's order. */
    public static int[] columns() {
        return COLUMNS.clone();
    }
}
