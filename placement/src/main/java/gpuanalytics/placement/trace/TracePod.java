package gpuanalytics.placement.trace;

/**
 * A pod's request as a file has it.
 *
 * @param name its name
 * @param team who runs it; empty where it is not known
 * @param cpuMilli thousandths of a core
 * @param memoryMib MiB
 * @param gpus on how many GPUs it runs
 * @param gpuMilli thousandths that it asks of each of them; 0 where it runs on none
 * @param models the GPU models that it runs on, parted by {@code |}; empty for any
 */
public record TracePod(
        String name,
        String team,
        int cpuMilli,
        int memoryMib,
        int gpus,
        int gpuMilli,
        String models) {}
