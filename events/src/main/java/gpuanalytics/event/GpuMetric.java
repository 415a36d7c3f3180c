package gpuanalytics.event;

import static gpuanalytics.event.FieldTable.alias;
import static gpuanalytics.event.FieldTable.label;
import static gpuanalytics.event.FieldTable.ratioOrPercent;

import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.event.Field.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The fields of {@code gpu.metrics.v1}: one sample of one GPU (or of one MIG instance).
 *
 * <p>Required are {@code ts}, {@code host}, {@code name} and one of {@code gpu_index} and {@code
 * gpu_uuid}. A reading that is missing, {@code null}, NaN or a DCGM blank is absent; absent is
 * never zero.
 */
public final class GpuMetric {

    /** 4 TiB, more than any GPU has. */
    private static final double MAX_BYTES = 1L << 42;

    /** Far beyond what a counter of joules or seconds reaches. */
    private static final double MAX_COUNT = 1e14;

    private static final double MAX_XID_ERRORS = 1_000_000_000;

    private static final double MAX_HZ = 1e11;

    /** 1 TB/s; sixteen lanes of PCIe 7.0 make a quarter of it. */
    private static final double MAX_BYTES_PER_SECOND = 1e12;

    private static final double MIB = 1 << 20;
    private static final double MHZ = 1e6;
    private static final double PERCENT = 0.01;
    private static final double MILLI = 1e-3;
    private static final double MICRO = 1e-6;
    private static final double NANO = 1e-9;

    // Sums over an hour are int64, in millionths of the unit where the reading has a fraction. The
    // largest values here leave room for 500 samples a second of one GPU, and for energy (power
    // times interval) for 70 senders that each claim the whole hour.
    static final FieldTable TABLE = new FieldTable();

    /** When the sample was taken. */
    public static final Field<Instant> TS =
            TABLE.requiredTime(
                    "ts",
                    alias("timestamp"),
                    alias("time"),
                    alias("@timestamp"),
                    alias("time_unix_nano"));

    /** The sender's own identity of the event; a repeat with the same one is a duplicate. */
    public static final Field<String> EVENT_ID = TABLE.text("event_id");

    /** The machine that holds the GPU. */
    public static final Field<String> HOST =
            TABLE.requiredText("host", alias("Hostname"), alias("hostname"), alias("host.name"));

    /** The GPU's number on its host. */
    public static final Field<Long> GPU_INDEX =
            TABLE.integer(
                    "gpu_index",
                    "1",
                    0,
                    4095,
                    Aggregation.NONE,
                    label("gpu"),
                    alias("nvmlDeviceGetIndex"),
                    label("gpu_id"),
                    label("index"));

    /** The GPU's own identity, as the driver prints it. */
    public static final Field<String> GPU_UUID =
            TABLE.text(
                    "gpu_uuid",
                    alias("UUID"),
                    alias("hw.id"),
                    alias("nvmlDeviceGetUUID"),
                    alias("uuid"));

    /** The MIG instance on the GPU, where the sample is of one. */
    public static final Field<String> MIG_ID = TABLE.text("mig_id", alias("GPU_I_ID"));

    /** How large that MIG instance is, as in {@code 1g.10gb}; its power is the board's. */
    public static final Field<String> MIG_PROFILE =
            TABLE.text("mig_profile", alias("GPU_I_PROFILE"));

    /** The GPU's model. */
    public static final Field<String> NAME =
            TABLE.requiredText(
                    "name",
                    alias("modelName"),
                    alias("hw.model"),
                    alias("gpu_name"),
                    alias("nvmlDeviceGetName"),
                    alias("card_model"),
                    alias("card_series"),
                    alias("product_name"));

    /** The Kubernetes node. */
    public static final Field<String> NODE =
            TABLE.text("node", alias("k8s.node.name"), alias("node_name"));

    /** The namespace of the pod that holds the GPU. */
    public static final Field<String> NAMESPACE =
            TABLE.text("namespace", alias("k8s.namespace.name"), alias("exported_namespace"));

    /** The pod that holds the GPU. */
    public static final Field<String> POD =
            TABLE.text("pod", alias("k8s.pod.name"), alias("exported_pod"), alias("pod_name"));

    /** The container that holds the GPU. */
    public static final Field<String> CONTAINER =
            TABLE.text(
                    "container",
                    alias("k8s.container.name"),
                    alias("exported_container"),
                    alias("container_name"));

    /** The team that the GPU belongs to. */
    public static final Field<String> TEAM = TABLE.text("team");

    /**
     * The share of the interval in which a kernel was resident.
     *
     * <p>DCGM_FI_DEV_GPU_UTIL_RATIO was another name of the percentage in DCGM 4.6 and is a ratio
     * since 4.7, so its value decides (a 1 is taken as all of the time), and the other name wins.
     */
    public static final Field<Double> UTILIZATION =
            TABLE.ratio(
                    "utilization",
                    alias("DCGM_FI_DEV_GPU_UTIL", PERCENT),
                    ratioOrPercent("DCGM_FI_DEV_GPU_UTIL_RATIO"),
                    alias("hw.gpu.utilization"),
                    alias("utilization.gpu", PERCENT),
                    alias("nvmlDeviceGetUtilizationRates.gpu", PERCENT),
                    alias("gpu_gfx_activity", PERCENT),
                    alias("utilization_gpu", PERCENT));

    /** The share of time in which an SM had a warp assigned, averaged over the SMs. */
    public static final Field<Double> SM_ACTIVE =
            TABLE.ratio(
                    "sm_active",
                    alias("DCGM_FI_PROF_SM_UTIL_RATIO"),
                    alias("DCGM_FI_PROF_SM_ACTIVE"));

    /** The share of cycles in which the tensor pipe was active. */
    public static final Field<Double> TENSOR_ACTIVE =
            TABLE.ratio(
                    "tensor_active",
                    alias("DCGM_FI_PROF_TENSOR_UTIL_RATIO"),
                    alias("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE"));

    /** The share of cycles in which the memory interface was active. */
    public static final Field<Double> DRAM_ACTIVE =
            TABLE.ratio(
                    "dram_active",
                    alias("DCGM_FI_PROF_DRAM_UTIL_RATIO"),
                    alias("DCGM_FI_PROF_DRAM_ACTIVE"));

    /** Memory in use. */
    public static final Field<Long> MEM_USED_BYTES =
            TABLE.integer(
                    "mem_used_bytes",
                    "By",
                    0,
                    MAX_BYTES,
                    Aggregation.WHOLE_GAUGE,
                    alias("mem_used_mb", MIB),
                    alias("DCGM_FI_DEV_FB_USED_BYTES"),
                    alias("DCGM_FI_DEV_FB_USED", MIB),
                    alias("hw.gpu.memory.usage"),
                    alias("memory.used", MIB),
                    alias("nvmlDeviceGetMemoryInfo_v2.used"),
                    alias("gpu_used_vram", MIB),
                    alias("memory_used", MIB));

    /** Memory the GPU has. */
    public static final Field<Long> MEM_TOTAL_BYTES =
            TABLE.integer(
                    "mem_total_bytes",
                    "By",
                    0,
                    MAX_BYTES,
                    Aggregation.WHOLE_GAUGE,
                    alias("mem_total_mb", MIB),
                    alias("DCGM_FI_DEV_FB_CAPACITY_BYTES"),
                    alias("DCGM_FI_DEV_FB_TOTAL", MIB),
                    alias("hw.gpu.memory.limit"),
                    alias("memory.total", MIB),
                    alias("nvmlDeviceGetMemoryInfo_v2.total"),
                    alias("gpu_total_vram", MIB),
                    alias("memory_total", MIB));

    /** Power drawn. */
    public static final Field<Double> POWER_W =
            TABLE.number(
                    "power_w",
                    "W",
                    0,
                    10_000,
                    Aggregation.GAUGE,
                    alias("DCGM_FI_DEV_BOARD_POWER_WATTS"),
                    alias("DCGM_FI_DEV_POWER_USAGE"),
                    alias("hw.power"),
                    alias("power.draw"),
                    alias("nvmlDeviceGetPowerUsage", MILLI),
                    alias("gpu_package_power"),
                    alias("gpu_average_package_power"),
                    alias("gpu_power_usage"),
                    alias("power_draw"));

    /** Energy drawn since the driver was loaded; starts again at any time. */
    public static final Field<Double> ENERGY_J_TOTAL =
            TABLE.number(
                    "energy_j_total",
                    "J",
                    0,
                    MAX_COUNT,
                    Aggregation.COUNTER,
                    alias("DCGM_FI_DEV_GPU_ENERGY_JOULES_TOTAL"),
                    alias("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", MILLI),
                    alias("hw.energy"),
                    alias("nvmlDeviceGetTotalEnergyConsumption", MILLI),
                    alias("gpu_energy_consumed", MICRO));

    /** Temperature of the die. */
    public static final Field<Double> TEMP_C =
            TABLE.number(
                    "temp_c",
                    "Cel",
                    -100,
                    1000,
                    Aggregation.GAUGE,
                    alias("DCGM_FI_DEV_GPU_TEMP_CELSIUS"),
                    alias("DCGM_FI_DEV_GPU_TEMP"),
                    alias("hw.temperature"),
                    alias("temperature.gpu"),
                    alias("nvmlDeviceGetTemperature"),
                    alias("gpu_junction_temperature"),
                    alias("gpu_edge_temperature"),
                    alias("temperature_gpu"));

    /** Clock of the SMs. */
    public static final Field<Double> SM_CLOCK_HZ =
            TABLE.number(
                    "sm_clock_hz",
                    "Hz",
                    0,
                    MAX_HZ,
                    Aggregation.WHOLE_GAUGE,
                    alias("DCGM_FI_DEV_SM_CLOCK_HERTZ"),
                    alias("DCGM_FI_DEV_SM_CLOCK", MHZ),
                    alias("clocks.sm", MHZ),
                    alias("clocks.current.sm", MHZ),
                    alias("clocks_current_sm", MHZ));

    /** Clock of the memory. */
    public static final Field<Double> MEM_CLOCK_HZ =
            TABLE.number(
                    "mem_clock_hz",
                    "Hz",
                    0,
                    MAX_HZ,
                    Aggregation.WHOLE_GAUGE,
                    alias("DCGM_FI_DEV_MEMORY_CLOCK_HERTZ"),
                    alias("DCGM_FI_DEV_MEM_CLOCK", MHZ),
                    alias("clocks.mem", MHZ),
                    alias("clocks.current.memory", MHZ),
                    alias("clocks_current_memory", MHZ));

    /** Bytes per second sent over PCIe. */
    public static final Field<Double> PCIE_TX_BPS =
            TABLE.number(
                    "pcie_tx_bps",
                    "By/s",
                    0,
                    MAX_BYTES_PER_SECOND,
                    Aggregation.WHOLE_GAUGE,
                    alias("DCGM_FI_PROF_PCIE_TX_BYTES"));

    /** Bytes per second received over PCIe. */
    public static final Field<Double> PCIE_RX_BPS =
            TABLE.number(
                    "pcie_rx_bps",
                    "By/s",
                    0,
                    MAX_BYTES_PER_SECOND,
                    Aggregation.WHOLE_GAUGE,
                    alias("DCGM_FI_PROF_PCIE_RX_BYTES"));

    /** The last XID error code. */
    public static final Field<Long> XID =
            TABLE.integer(
                    "xid",
                    "1",
                    0,
                    1_000_000,
                    Aggregation.NONE,
                    alias("DCGM_FI_DEV_XID_ERROR"),
                    alias("DCGM_FI_DEV_XID_ERRORS"));

    /** How many XID errors there were; starts again at any time. */
    public static final Field<Long> XID_ERRORS_TOTAL =
            TABLE.integer(
                    "xid_errors_total",
                    "1",
                    0,
                    MAX_XID_ERRORS,
                    Aggregation.NONE,
                    alias("DCGM_EXP_XID_ERRORS_TOTAL"));

    /** Seconds throttled for power since the driver was loaded; starts again at any time. */
    public static final Field<Double> THROTTLE_S_TOTAL =
            TABLE.number(
                    "throttle_s_total",
                    "s",
                    0,
                    MAX_COUNT,
                    Aggregation.COUNTER,
                    alias("DCGM_FI_DEV_GPU_POWER_THROTTLE_SECONDS_TOTAL"),
                    // labelled microseconds in places; it is nanoseconds (dcgm-exporter#589)
                    alias("DCGM_FI_DEV_POWER_VIOLATION", NANO));

    /** What an hour of this GPU costs. */
    public static final Field<Double> PRICE_PER_HOUR_USD =
            TABLE.number("price_per_hour_usd", "USD/h", 0, 10_000, Aggregation.GAUGE);

    /** The time that the sample stands for. */
    public static final Field<Double> INTERVAL_S =
            TABLE.number("interval_s", "s", 0, 3600, Aggregation.NONE);

    /** What took the sample. */
    public static final Field<String> SOURCE = TABLE.text("source");

    static {
        TABLE.essential(EVENT_ID, GPU_INDEX, GPU_UUID, MIG_ID);
    }

    private static final Set<Field<?>> NO_READINGS =
            Set.of(GPU_INDEX, PRICE_PER_HOUR_USD, INTERVAL_S);

    /** The fields that hold what was read of the GPU. */
    public static final List<Field<?>> READINGS =
            TABLE.fields().stream()
                    .filter(field -> field.kind() == Kind.INTEGER || field.kind() == Kind.NUMBER)
                    .filter(field -> !NO_READINGS.contains(field))
                    .toList();

    private GpuMetric() {}

    /** Starts an event of this topic. */
    public static Event.Builder builder() {
        return Event.builder(EventTopic.GPU_METRICS);
    }
}
