package gpuanalytics.placement.feature;

import org.jspecify.annotations.Nullable;

/**
 * What the node adds to the features of a pod; null where it is not known. Numbers are in steps, to
 * learn from and to ask with: of thousands of nodes most are then alike, and are asked about once.
 *
 * @param gpuModel of the node's GPUs, or the one that the pod asks for
 * @param wattsPerBusyGpu see {@link Feature#NODE_POWER_PER_BUSY_SECOND}
 * @param fragmentGpus see {@link Feature#NODE_FRAGMENT}
 */
public record NodeFeatures(
        @Nullable String gpuModel,
        @Nullable Double wattsPerBusyGpu,
        @Nullable Double fragmentGpus) {

    private static final double WATTS_STEP = 10;
    private static final double FRAGMENT_STEP = 0.25;

    /** Which of the columns is what is fragmented, the one that changes with every pod. */
    public static final int FRAGMENT_PLACE = 2;

    /** The columns that these are. */
    private static final int[] COLUMNS = {
        Feature.GPU_MODEL.column(),
        Feature.NODE_POWER_PER_BUSY_SECOND.column(),
        Feature.NODE_FRAGMENT.column()
    };

    public NodeFeatures {
        wattsPerBusyGpu = inSteps(wattsPerBusyGpu, WATTS_STEP);
        fragmentGpus = inSteps(fragmentGpus, FRAGMENT_STEP);
    }

    private static @Nullable Double inSteps(@Nullable Double value, double step) {
        return value == null ? null : step * Math.rint(value / step);
    }

    /** The forest's columns in which one node differs from another, in this record's order. */
    public static int[] columns() {
        return COLUMNS.clone();
    }
}
