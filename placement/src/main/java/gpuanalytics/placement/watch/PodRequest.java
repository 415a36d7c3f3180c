package gpuanalytics.placement.watch;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.cluster.Shape;
import java.util.Optional;

/**
 * What a pod asks for.
 *
 * @param cpuMilli thousandths of a core
 * @param memoryMib MiB
 * @param gpus on how many GPUs it runs
 * @param gpuMilli thousandths that it asks of each; 0 where it asks for memory instead
 * @param gpuMemoryMib MiB that it needs of each GPU; 0 where it does not say
 * @param models the GPU models that it takes, parted by {@code |}; empty for any
 */
public record PodRequest(
        int cpuMilli, int memoryMib, int gpus, int gpuMilli, int gpuMemoryMib, String models) {

    public static final String NVIDIA_GPU = "nvidia.com/gpu";
    public static final String NVIDIA_MEMORY = "nvidia.com/gpumem";
    public static final String NVIDIA_CORES = "nvidia.com/gpucores";
    public static final String ALIBABA_MILLI = "alibabacloud.com/gpu-milli";
    public static final String ALIBABA_COUNT = "alibabacloud.com/gpu-count";
    public static final String ALIBABA_INDEX = "alibabacloud.com/gpu-index";
    public static final String ALIBABA_MODEL = "alibabacloud.com/gpu-card-model";

    /** As many as a set of bits has room for. */
    public static final int MAX_GPUS = 64;

    /**
     * It as thousandths of GPUs that have so much memory.
     *
     * @param nodeGpuMemoryMib MiB of each GPU of a node; 0 where that is not known
     * @param modelSet the models that it takes, see {@link
     *     gpuanalytics.placement.cluster.GpuModels}
     * @return empty where such a GPU cannot hold it, or that cannot be known
     */
    public Optional<Shape> shapeOn(int nodeGpuMemoryMib, long modelSet) {
        int milli = gpuMilli;
        if (gpus > 0 && gpuMemoryMib > 0) {
            if (nodeGpuMemoryMib == 0) {
                return Optional.empty();
            }
            long ofMemory =
                    Math.ceilDiv((long) gpuMemoryMib * Node.GPU_MILLI, (long) nodeGpuMemoryMib);
            if (ofMemory > Node.GPU_MILLI) {
                return Optional.empty();
            }
            milli = Math.max(milli, (int) ofMemory);
        }
        return Optional.of(new Shape(cpuMilli, memoryMib, gpus, milli, modelSet));
    }

    /** The same that needs at least so much memory of each GPU. */
    public PodRequest needing(int atLeastGpuMemoryMib) {
        return gpus == 0 || atLeastGpuMemoryMib <= gpuMemoryMib
                ? this
                : new PodRequest(cpuMilli, memoryMib, gpus, gpuMilli, atLeastGpuMemoryMib, models);
    }
}
