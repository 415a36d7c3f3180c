package gpuanalytics.event;

import static gpuanalytics.event.FieldTable.alias;

import java.time.Instant;

/**
 * The fields of {@code gpu.metrics.v1}: one sample of one GPU (or of one MIG instance).
 *
 * <p>Required are {@code ts}, {@code host}, {@code name} and one of {@code gpu_index} and {@code
 * gpu_uuid}. A reading that is missing, {@code null}, NaN or a DCGM blank is absent; absent is
 * never zero.
 */
public final class GpuMetric {

    /** 4 TiB, more than any GPU has; keeps the sum of an hour of samples within an int64. */
    private static final double MAX_BYTES = 1L << 42;

    private static final double MAX_COUNT = 1L << 53;
    private static final double MIB = 1 << 20;

    static final FieldTable TABLE = new FieldTable();

    /** When the sample was taken. */
    public static final Field<Instant> TS = TABLE.requiredTime("ts");

    /** The sender's own identity of the event; a repeat with the same one is a duplicate. */
    public static final Field<String> EVENT_ID = TABLE.text("event_id");

    /** The machine that holds the GPU. */
    public static final Field<String> HOST =
            TABLE.requiredText("host", alias("Hostname"), alias("hostname"));

    /** The GPU's number on its host. */
    public static final Field<Long> GPU_INDEX =
            TABLE.integer("gpu_index", "1", 0, 4095, alias("gpu"));

    /** The GPU's own identity, as the driver prints it. */
    public static final Field<String> GPU_UUID = TABLE.text("gpu_uuid", alias("UUID"));

    /** The MIG instance on the GPU, where the sample is of one. */
    public static final Field<String> MIG_ID = TABLE.text("mig_id", alias("GPU_I_ID"));

    /** The GPU's model. */
    public static final Field<String> NAME = TABLE.requiredText("name", alias("modelName"));

    /** The Kubernetes node. */
    public static final Field<String> NODE = TABLE.text("node");

    /** The namespace of the pod that holds the GPU. */
    public static final Field<String> NAMESPACE = TABLE.text("namespace");

    /** The pod that holds the GPU. */
    public static final Field<String> POD = TABLE.text("pod");

    /** The container that holds the GPU. */
    public static final Field<String> CONTAINER = TABLE.text("container");

    /** The team that the GPU belongs to. */
    public static final Field<String> TEAM = TABLE.text("team");

    /** The share of the interval in which a kernel was resident. */
    public static final Field<Double> UTILIZATION = TABLE.ratio("utilization");

    /** The share of time in which an SM had a warp assigned, averaged over the SMs. */
    public static final Field<Double> SM_ACTIVE = TABLE.ratio("sm_active");

    /** The share of cycles in which the tensor pipe was active. */
    public static final Field<Double> TENSOR_ACTIVE = TABLE.ratio("tensor_active");

    /** The share of cycles in which the memory interface was active. */
    public static final Field<Double> DRAM_ACTIVE = TABLE.ratio("dram_active");

    /** Memory in use. The original's {@code mem_used_mb} is MiB and is accepted. */
    public static final Field<Long> MEM_USED_BYTES =
            TABLE.integer("mem_used_bytes", "By", 0, MAX_BYTES, alias("mem_used_mb", MIB));

    /** Memory the GPU has. The original's {@code mem_total_mb} is MiB and is accepted. */
    public static final Field<Long> MEM_TOTAL_BYTES =
            TABLE.integer("mem_total_bytes", "By", 0, MAX_BYTES, alias("mem_total_mb", MIB));

    /** Power drawn. */
    public static final Field<Double> POWER_W = TABLE.number("power_w", "W", 0, 100_000);

    /** Energy drawn since the driver was loaded; starts again at any time. */
    public static final Field<Double> ENERGY_J_TOTAL =
            TABLE.number("energy_j_total", "J", 0, MAX_COUNT);

    /** Temperature of the die. */
    public static final Field<Double> TEMP_C = TABLE.number("temp_c", "Cel", -100, 1000);

    /** Clock of the SMs. */
    public static final Field<Double> SM_CLOCK_HZ = TABLE.number("sm_clock_hz", "Hz", 0, 1e11);

    /** Clock of the memory. */
    public static final Field<Double> MEM_CLOCK_HZ = TABLE.number("mem_clock_hz", "Hz", 0, 1e11);

    /** Bytes per second sent over PCIe. */
    public static final Field<Double> PCIE_TX_BPS = TABLE.number("pcie_tx_bps", "By/s", 0, 1e13);

    /** Bytes per second received over PCIe. */
    public static final Field<Double> PCIE_RX_BPS = TABLE.number("pcie_rx_bps", "By/s", 0, 1e13);

    /** The last XID error code. */
    public static final Field<Long> XID = TABLE.integer("xid", "1", 0, 1_000_000);

    /** Seconds throttled since the driver was loaded. */
    public static final Field<Double> THROTTLE_S_TOTAL =
            TABLE.number("throttle_s_total", "s", 0, MAX_COUNT);

    /** What an hour of this GPU costs. */
    public static final Field<Double> PRICE_PER_HOUR_USD =
            TABLE.number("price_per_hour_usd", "USD/h", 0, 1_000_000);

    /** The time that the sample stands for. */
    public static final Field<Double> INTERVAL_S = TABLE.number("interval_s", "s", 0, 86_400);

    /** What took the sample. */
    public static final Field<String> SOURCE = TABLE.text("source");

    private GpuMetric() {}

    /** Starts an event of this topic. */
    public static Event.Builder builder() {
        return Event.builder(EventTopic.GPU_METRICS);
    }
}
