package gpuanalytics.placement.cluster;

/**
 * What a pod asks for.
 *
 * @param cpuMilli thousandths of a core
 * @param memoryMib MiB
 * @param gpus on how many GPUs
 * @param gpuMilli thousandths of each of them
 * @param models the set of GPU models that it takes, see {@link GpuModels}
 */
public record Shape(int cpuMilli, int memoryMib, int gpus, int gpuMilli, long models) {

    /** Whether it shares one GPU with others; the policy then says which. */
    public boolean isShared() {
        return gpus == 1 && gpuMilli < Node.GPU_MILLI;
    }

    public int gpuMilliInAll() {
        return gpus * gpuMilli;
    }

    /** The same where memory does not matter. */
    public Shape withoutMemory() {
        return new Shape(cpuMilli, 0, gpus, gpuMilli, models);
    }

    boolean takes(int model) {
        return gpus == 0 || (models >>> model & 1) == 1;
    }
}
