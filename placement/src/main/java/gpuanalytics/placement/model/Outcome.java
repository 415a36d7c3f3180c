package gpuanalytics.placement.model;

import org.jspecify.annotations.Nullable;

/**
 * What came of a pod in a window; null where it was not measured.
 *
 * @param p95Utilization ratio that 95 % of the window's minutes do not exceed, over its GPUs
 * @param peakMemoryMib the highest memory of all its GPUs together, in MiB
 * @param gpuMemoryMib the memory that those GPUs have, in MiB
 * @param energyJ joules of its GPUs in the window
 * @param busyGpuSeconds utilisation times time, over its GPUs
 * @param failures restarts and XID errors in the window
 */
public record Outcome(
        @Nullable Double p95Utilization,
        @Nullable Double peakMemoryMib,
        @Nullable Double gpuMemoryMib,
        @Nullable Double energyJ,
        @Nullable Double busyGpuSeconds,
        @Nullable Double failures) {

    public Outcome {
        Check.within("p95_utilization", p95Utilization, 0, 1);
        Check.within("peak_memory_mib", peakMemoryMib, 0, 1e9);
        Check.within("gpu_memory_mib", gpuMemoryMib, 0, 1e9);
        Check.within("energy_j", energyJ, 0, 1e12);
        Check.within("busy_gpu_seconds", busyGpuSeconds, 0, 1e9);
        Check.within("failures", failures, 0, 1e6);
    }

    /** The share of the GPUs' memory that was in use at most; null where it is not known. */
    @Nullable Double memoryRatio() {
        return peakMemoryMib == null || gpuMemoryMib == null || gpuMemoryMib == 0
                ? null
                : peakMemoryMib / gpuMemoryMib;
    }
}
