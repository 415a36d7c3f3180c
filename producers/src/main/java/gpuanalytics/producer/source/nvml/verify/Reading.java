package gpuanalytics.producer.source.nvml.verify;

import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import java.util.List;

/**
 * A reading that both have, and how far apart they may be.
 *
 * @param field ours
 * @param column nvidia-smi's
 * @param scale what nvidia-smi's number is multiplied with to get our unit
 * @param tolerance in our unit: the least step of nvidia-smi's number, and the noise of one reading
 * @param relative a further share of the value
 */
record Reading(
        Field<? extends Number> field,
        String column,
        double scale,
        double tolerance,
        double relative) {

    private static final double MIB = 1 << 20;

    /** Every reading that nvidia-smi prints too. */
    static final List<Reading> ALL =
            List.of(
                    new Reading(GpuMetric.UTILIZATION, "utilization.gpu", 0.01, 0.02, 0),
                    new Reading(GpuMetric.MEM_USED_BYTES, "memory.used", MIB, MIB, 0),
                    new Reading(GpuMetric.MEM_TOTAL_BYTES, "memory.total", MIB, MIB, 0),
                    new Reading(GpuMetric.POWER_W, "power.draw", 1, 0.5, 0.01),
                    new Reading(GpuMetric.TEMP_C, "temperature.gpu", 1, 1, 0),
                    new Reading(GpuMetric.SM_CLOCK_HZ, "clocks.sm", 1e6, 15e6, 0),
                    new Reading(GpuMetric.MEM_CLOCK_HZ, "clocks.mem", 1e6, 1e6, 0),
                    new Reading(
                            GpuMetric.THROTTLE_S_TOTAL,
                            "clocks_event_reasons_counters.sw_power_cap",
                            1e-6,
                            0.3,
                            0));

    double allowed(double value) {
        return tolerance + relative * Math.abs(value);
    }
}
