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
 * @param kind how the two are compared
 */
record ComparedReading(
        Field<? extends Number> field,
        String column,
        double scale,
        double tolerance,
        double relative,
        Kind kind) {

    /** How two that look at different moments can be compared. */
    enum Kind {
        /** Each of ours lies among nvidia-smi's of the same second. */
        SAME_SECOND,
        /**
         * As before, but it moves from one of nvidia-smi's lines to the next: between two of them
         * it may have been beyond both, by as much as lies between them.
         */
        MOVING,
        /**
         * It moves within milliseconds, so that two looks seldom meet: all of ours are distributed
         * as all of nvidia-smi's are.
         */
        DISTRIBUTION,
        /** The average of a window, which is not nvidia-smi's: {@link Spans}. */
        WINDOW
    }

    private static final double MIB = 1 << 20;
    private static final double PERCENT = 0.01;

    /** Every reading that {@code nvidia-smi --query-gpu} prints too. */
    static final List<ComparedReading> OF_QUERY =
            List.of(
                    sameSecond(GpuMetric.UTILIZATION, "utilization.gpu", PERCENT, 0.02, 0),
                    sameSecond(GpuMetric.MEM_USED_BYTES, "memory.used", MIB, MIB, 0),
                    sameSecond(GpuMetric.MEM_TOTAL_BYTES, "memory.total", MIB, MIB, 0),
                    new ComparedReading(GpuMetric.POWER_W, "power.draw", 1, 0.5, 0.01, Kind.MOVING),
                    new ComparedReading(GpuMetric.TEMP_C, "temperature.gpu", 1, 1, 0, Kind.MOVING),
                    new ComparedReading(
                            GpuMetric.SM_CLOCK_HZ, "clocks.sm", 1e6, 0, 0, Kind.DISTRIBUTION),
                    sameSecond(GpuMetric.MEM_CLOCK_HZ, "clocks.mem", 1e6, 1e6, 0),
                    sameSecond(
                            GpuMetric.THROTTLE_S_TOTAL,
                            "clocks_event_reasons_counters.sw_power_cap",
                            1e-6,
                            0.3,
                            0));

    /** Every reading that {@code nvidia-smi dmon --gpm-metrics=2,5,10,20,21} prints too. */
    static final List<ComparedReading> OF_DMON =
            List.of(
                    window(GpuMetric.SM_ACTIVE, "smutil", PERCENT),
                    window(GpuMetric.TENSOR_ACTIVE, "mmaact", PERCENT),
                    window(GpuMetric.DRAM_ACTIVE, "dram", PERCENT),
                    window(GpuMetric.PCIE_TX_BPS, "pcitx", MIB),
                    window(GpuMetric.PCIE_RX_BPS, "pcirx", MIB));

    private static ComparedReading sameSecond(
            Field<? extends Number> field,
            String column,
            double scale,
            double tolerance,
            double relative) {
        return new ComparedReading(field, column, scale, tolerance, relative, Kind.SAME_SECOND);
    }

    /** dmon prints whole numbers, so an average of some seconds is known to one of its steps. */
    private static ComparedReading window(
            Field<? extends Number> field, String column, double step) {
        return new ComparedReading(field, column, step, step, 0.01, Kind.WINDOW);
    }

    double allowed(double value) {
        return tolerance + relative * Math.abs(value);
    }
}
