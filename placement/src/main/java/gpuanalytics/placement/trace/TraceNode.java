package gpuanalytics.placement.trace;

/**
 * A node as a file has it.
 *
 * @param name its name
 * @param cpuMilli thousandths of a core that pods may ask for
 * @param memoryMib MiB that pods may ask for
 * @param gpus how many GPUs it has
 * @param model their model; empty where it is not known
 */
public record TraceNode(String name, int cpuMilli, int memoryMib, int gpus, String model) {}
