package gpuanalytics.placement.cluster;

/**
 * A node as it is when empty.
 *
 * @param cpuMilli thousandths of a core
 * @param memoryMib MiB
 * @param gpus how many GPUs
 * @param model their model's number, see {@link GpuModels}
 */
public record NodeSpec(int cpuMilli, int memoryMib, int gpus, int model) {}
