package gpuanalytics.placement.model;

import org.jspecify.annotations.Nullable;

/**
 * What a pod asks for; null where it is not known.
 *
 * @param cpuMilli thousandths of a core
 * @param memoryMib MiB
 * @param gpuMilli thousandths of each GPU
 * @param gpus on how many GPUs
 * @param gpuModel GPU model that it asks for or runs on
 */
public record RequestFacts(
        @Nullable Double cpuMilli,
        @Nullable Double memoryMib,
        @Nullable Double gpuMilli,
        @Nullable Double gpus,
        @Nullable String gpuModel) {

    /** One of which nothing is known. */
    public static final RequestFacts UNKNOWN = new RequestFacts(null, null, null, null, null);

    public RequestFacts {
        Check.within("cpu_milli", cpuMilli, 0, 1e7);
        Check.within("memory_mib", memoryMib, 0, 1e9);
        Check.within("gpu_milli", gpuMilli, 0, 1000);
        Check.within("gpus", gpus, 0, 1024);
    }

    /**
     * The same on a node.
     *
     * @param model of the node's GPUs; null where that is not known
     */
    public RequestFacts on(@Nullable String model) {
        return model == null ? this : new RequestFacts(cpuMilli, memoryMib, gpuMilli, gpus, model);
    }
}
