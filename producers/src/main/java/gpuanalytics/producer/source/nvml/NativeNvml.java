package gpuanalytics.producer.source.nvml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * {@link Nvml} by {@code libnvidia-ml.so.1}. Layouts and constants are those of {@code nvml.h},
 * quoted where they are used; memory lives for one call.
 */
final class NativeNvml implements Nvml {

    // #define NVML_DEVICE_NAME_V2_BUFFER_SIZE 96, which is also the longest UUID and version
    private static final int TEXT_BYTES = 96;

    /** More are not looked at; a GPU is shared by far fewer. */
    private static final int MAX_PROCESSES = 1024;

    // NVML_TEMPERATURE_GPU = 0, of nvmlTemperatureSensors_t
    private static final int TEMPERATURE_GPU = 0;

    // NVML_CLOCK_SM = 1 and NVML_CLOCK_MEM = 2, of nvmlClockType_t
    private static final int CLOCK_SM = 1;
    private static final int CLOCK_MEM = 2;

    // NVML_PCIE_UTIL_TX_BYTES = 0 and NVML_PCIE_UTIL_RX_BYTES = 1, of nvmlPcieUtilCounter_t
    private static final int PCIE_TX = 0;
    private static final int PCIE_RX = 1;

    // #define NVML_FI_DEV_PERF_POLICY_POWER 74, since 2025 also
    // ..._CLOCKS_EVENT_REASON_SW_POWER_CAP
    private static final int FIELD_POWER_CAP_NS = 74;

    // NVML_VALUE_TYPE_UNSIGNED_LONG_LONG = 3, of nvmlValueType_t
    private static final int TYPE_UNSIGNED_LONG_LONG = 3;

    // #define NVML_DEVICE_MIG_ENABLE 0x1
    private static final int MIG_ENABLED = 1;

    // NVML_VALUE_NOT_AVAILABLE (-1), in 64 and in 32 bits
    private static final long BLANK_64 = -1L;
    private static final int BLANK_32 = -1;

    // typedef struct { unsigned int gpu; unsigned int memory; } nvmlUtilization_t;
    private static final StructLayout UTILIZATION =
            MemoryLayout.structLayout(JAVA_INT.withName("gpu"), JAVA_INT.withName("memory"));

    // typedef struct { unsigned int version; unsigned long long total, reserved, free, used; }
    // nvmlMemory_v2_t;
    private static final StructLayout MEMORY_V2 =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("version"),
                    MemoryLayout.paddingLayout(4),
                    JAVA_LONG.withName("total"),
                    JAVA_LONG.withName("reserved"),
                    JAVA_LONG.withName("free"),
                    JAVA_LONG.withName("used"));

    // #define NVML_STRUCT_VERSION(data, ver) (sizeof(nvml ## data ## _v ## ver ## _t) | (ver <<
    // 24U))
    private static final int MEMORY_V2_VERSION = (int) MEMORY_V2.byteSize() | 2 << 24;

    // typedef struct { unsigned int pid; unsigned long long usedGpuMemory; unsigned int
    // gpuInstanceId;
    // unsigned int computeInstanceId; } nvmlProcessInfo_t;
    private static final StructLayout PROCESS_INFO =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("pid"),
                    MemoryLayout.paddingLayout(4),
                    JAVA_LONG.withName("usedGpuMemory"),
                    JAVA_INT.withName("gpuInstanceId"),
                    JAVA_INT.withName("computeInstanceId"));

    // typedef struct { unsigned int fieldId; unsigned int scopeId; long long timestamp; long long
    // latencyUsec; nvmlValueType_t valueType; nvmlReturn_t nvmlReturn; nvmlValue_t value; }
    // nvmlFieldValue_t; of which nvmlValue_t is a union of 8 bytes
    private static final StructLayout FIELD_VALUE =
            MemoryLayout.structLayout(
                    JAVA_INT.withName("fieldId"),
                    JAVA_INT.withName("scopeId"),
                    JAVA_LONG.withName("timestamp"),
                    JAVA_LONG.withName("latencyUsec"),
                    JAVA_INT.withName("valueType"),
                    JAVA_INT.withName("nvmlReturn"),
                    JAVA_LONG.withName("value"));

    private final Arena loaded;
    private final NvmlFunction shutdown;
    private final NvmlFunction getDriverVersion;
    private final NvmlFunction getCount;
    private final NvmlFunction getHandleByIndex;
    private final NvmlFunction getUuid;
    private final NvmlFunction getName;
    private final NvmlFunction getMigMode;
    private final NvmlFunction getMaxMigDeviceCount;
    private final NvmlFunction getMigDeviceHandleByIndex;
    private final NvmlFunction getGpuInstanceId;
    private final NvmlFunction getComputeInstanceId;
    private final NvmlFunction getUtilizationRates;
    private final NvmlFunction getMemoryInfo;
    private final NvmlFunction getPowerUsage;
    private final NvmlFunction getTotalEnergyConsumption;
    private final NvmlFunction getTemperature;
    private final NvmlFunction getClockInfo;
    private final NvmlFunction getPcieThroughput;
    private final NvmlFunction getFieldValues;
    private final NvmlFunction getComputeRunningProcesses;
    private final NativeGpm gpm;
    private final NativeXids xids;

    private NativeNvml(Arena loaded, SymbolLookup symbols) {
        this.loaded = loaded;
        this.shutdown = NvmlFunction.find(symbols, "nvmlShutdown");
        this.getDriverVersion =
                NvmlFunction.find(symbols, "nvmlSystemGetDriverVersion", ADDRESS, JAVA_INT);
        this.getCount = NvmlFunction.find(symbols, "nvmlDeviceGetCount_v2", ADDRESS);
        this.getHandleByIndex =
                NvmlFunction.find(symbols, "nvmlDeviceGetHandleByIndex_v2", JAVA_INT, ADDRESS);
        this.getUuid =
                NvmlFunction.find(symbols, "nvmlDeviceGetUUID", JAVA_LONG, ADDRESS, JAVA_INT);
        this.getName =
                NvmlFunction.find(symbols, "nvmlDeviceGetName", JAVA_LONG, ADDRESS, JAVA_INT);
        this.getMigMode =
                NvmlFunction.find(symbols, "nvmlDeviceGetMigMode", JAVA_LONG, ADDRESS, ADDRESS);
        this.getMaxMigDeviceCount = reading(symbols, "nvmlDeviceGetMaxMigDeviceCount");
        this.getMigDeviceHandleByIndex =
                reading(symbols, "nvmlDeviceGetMigDeviceHandleByIndex", JAVA_INT);
        this.getGpuInstanceId = reading(symbols, "nvmlDeviceGetGpuInstanceId");
        this.getComputeInstanceId = reading(symbols, "nvmlDeviceGetComputeInstanceId");
        this.getUtilizationRates = reading(symbols, "nvmlDeviceGetUtilizationRates");
        this.getMemoryInfo = reading(symbols, "nvmlDeviceGetMemoryInfo_v2");
        this.getPowerUsage = reading(symbols, "nvmlDeviceGetPowerUsage");
        this.getTotalEnergyConsumption = reading(symbols, "nvmlDeviceGetTotalEnergyConsumption");
        this.getTemperature = reading(symbols, "nvmlDeviceGetTemperature", JAVA_INT);
        this.getClockInfo = reading(symbols, "nvmlDeviceGetClockInfo", JAVA_INT);
        this.getPcieThroughput = reading(symbols, "nvmlDeviceGetPcieThroughput", JAVA_INT);
        this.getFieldValues = reading(symbols, "nvmlDeviceGetFieldValues", JAVA_INT);
        this.getComputeRunningProcesses =
                NvmlFunction.find(
                        symbols,
                        "nvmlDeviceGetComputeRunningProcesses_v3",
                        JAVA_LONG,
                        ADDRESS,
                        ADDRESS);
        this.gpm = new NativeGpm(symbols);
        this.xids = new NativeXids(symbols);
    }

    /** A function of a device that writes through its last parameter. */
    private static NvmlFunction reading(
            SymbolLookup symbols, String name, MemoryLayout... selectors) {
        var parameters = new ArrayList<MemoryLayout>();
        parameters.add(JAVA_LONG);
        parameters.addAll(List.of(selectors));
        parameters.add(ADDRESS);
        return NvmlFunction.find(symbols, name, parameters.toArray(MemoryLayout[]::new));
    }

    /**
     * Loads and initialises the library.
     *
     * @param name a file name that the system's loader looks for, or a path
     * @throws IllegalArgumentException if it cannot be loaded
     * @throws NvmlException if it cannot be initialised, as without a driver
     */
    // loads a library, and keeps it for as long as the object lives
    @SuppressWarnings({"restricted", "MustBeClosedChecker"})
    static NativeNvml open(String name) {
        var arena = Arena.ofShared();
        try {
            var symbols = SymbolLookup.libraryLookup(name, arena);
            NvmlFunction.find(symbols, "nvmlInit_v2").require();
            return new NativeNvml(arena, symbols);
        } catch (IllegalArgumentException | NvmlException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public String driverVersion() {
        try (var arena = Arena.ofConfined()) {
            var text = arena.allocate(TEXT_BYTES);
            getDriverVersion.require(text, TEXT_BYTES);
            return text.getString(0);
        }
    }

    @Override
    public int deviceCount() {
        try (var arena = Arena.ofConfined()) {
            var count = arena.allocate(JAVA_INT);
            getCount.require(count);
            return count.get(JAVA_INT, 0);
        }
    }

    @Override
    public Device device(int index) {
        try (var arena = Arena.ofConfined()) {
            var device = arena.allocate(JAVA_LONG);
            getHandleByIndex.require(index, device);
            return new Device(device.get(JAVA_LONG, 0));
        }
    }

    @Override
    public String uuid(Device device) {
        return text(getUuid, device);
    }

    @Override
    public String name(Device device) {
        return text(getName, device);
    }

    private static String text(NvmlFunction function, Device device) {
        try (var arena = Arena.ofConfined()) {
            var text = arena.allocate(TEXT_BYTES);
            function.require(device.handle(), text, TEXT_BYTES);
            return text.getString(0);
        }
    }

    @Override
    public List<MigInstance> migInstances(Device device) {
        try (var arena = Arena.ofConfined()) {
            var current = arena.allocate(JAVA_INT);
            var pending = arena.allocate(JAVA_INT);
            if (!getMigMode.gives(device.handle(), current, pending)
                    || current.get(JAVA_INT, 0) != MIG_ENABLED) {
                return List.of();
            }
            var instances = new ArrayList<MigInstance>();
            int slots = unsignedInt(getMaxMigDeviceCount, device).orElse(0L).intValue();
            for (int slot = 0; slot < slots; slot++) {
                migInstance(device, slot).ifPresent(instances::add);
            }
            return instances;
        }
    }

    private Optional<MigInstance> migInstance(Device device, int slot) {
        try (var arena = Arena.ofConfined()) {
            var handle = arena.allocate(JAVA_LONG);
            if (!getMigDeviceHandleByIndex.gives(device.handle(), slot, handle)) {
                return Optional.empty();
            }
            var instance = new Device(handle.get(JAVA_LONG, 0));
            var gpu = unsignedInt(getGpuInstanceId, instance);
            var compute = unsignedInt(getComputeInstanceId, instance);
            return gpu.isEmpty() || compute.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new MigInstance(
                                    instance, gpu.get().intValue(), compute.get().intValue()));
        }
    }

    @Override
    public @Nullable Double utilization(Device device) {
        try (var arena = Arena.ofConfined()) {
            var rates = arena.allocate(UTILIZATION);
            // "Percent of time over the past sample period during which one or more kernels was
            // executing on the GPU"; .memory is the memory's bus, not what is in use
            return getUtilizationRates.gives(device.handle(), rates)
                    ? int32(rates, offset(UTILIZATION, "gpu")).map(gpu -> gpu / 100.0).orElse(null)
                    : null;
        }
    }

    @Override
    public @Nullable Memory memory(Device device) {
        try (var arena = Arena.ofConfined()) {
            var memory = arena.allocate(MEMORY_V2);
            memory.set(JAVA_INT, offset(MEMORY_V2, "version"), MEMORY_V2_VERSION);
            if (!getMemoryInfo.gives(device.handle(), memory)) {
                return null;
            }
            return new Memory(
                    int64(memory, offset(MEMORY_V2, "used")).orElse(null),
                    int64(memory, offset(MEMORY_V2, "total")).orElse(null));
        }
    }

    @Override
    public @Nullable Double powerW(Device device) {
        // "Retrieves power usage for this GPU in milliwatts"
        return unsignedInt(getPowerUsage, device).map(milliwatts -> milliwatts / 1e3).orElse(null);
    }

    @Override
    public @Nullable Double energyJ(Device device) {
        try (var arena = Arena.ofConfined()) {
            var energy = arena.allocate(JAVA_LONG);
            // "total energy consumption for this GPU in millijoules (mJ) since the driver was last
            // reloaded"
            return getTotalEnergyConsumption.gives(device.handle(), energy)
                    ? int64(energy, 0).map(millijoules -> millijoules / 1e3).orElse(null)
                    : null;
        }
    }

    @Override
    public @Nullable Double temperatureC(Device device) {
        return selected(getTemperature, device, TEMPERATURE_GPU)
                .map(Long::doubleValue)
                .orElse(null);
    }

    @Override
    public @Nullable Double smClockHz(Device device) {
        return megahertz(device, CLOCK_SM);
    }

    @Override
    public @Nullable Double memoryClockHz(Device device) {
        return megahertz(device, CLOCK_MEM);
    }

    private @Nullable Double megahertz(Device device, int clock) {
        return selected(getClockInfo, device, clock).map(mhz -> mhz * 1e6).orElse(null);
    }

    @Override
    public @Nullable Double pcieTxBps(Device device) {
        return kilobytesPerSecond(device, PCIE_TX);
    }

    @Override
    public @Nullable Double pcieRxBps(Device device) {
        return kilobytesPerSecond(device, PCIE_RX);
    }

    private @Nullable Double kilobytesPerSecond(Device device, int counter) {
        // "Reference in which to return throughput in KB/s"
        return selected(getPcieThroughput, device, counter).map(kb -> kb * 1e3).orElse(null);
    }

    @Override
    public @Nullable Double powerThrottleS(Device device) {
        try (var arena = Arena.ofConfined()) {
            var field = arena.allocate(FIELD_VALUE);
            field.set(JAVA_INT, offset(FIELD_VALUE, "fieldId"), FIELD_POWER_CAP_NS);
            if (!getFieldValues.gives(device.handle(), 1, field)
                    || field.get(JAVA_INT, offset(FIELD_VALUE, "nvmlReturn")) != 0
                    || field.get(JAVA_INT, offset(FIELD_VALUE, "valueType"))
                            != TYPE_UNSIGNED_LONG_LONG) {
                return null;
            }
            return int64(field, offset(FIELD_VALUE, "value")).map(ns -> ns / 1e9).orElse(null);
        }
    }

    @Override
    public List<Long> processes(Device device) {
        try (var arena = Arena.ofConfined()) {
            var count = arena.allocateFrom(JAVA_INT, MAX_PROCESSES);
            var infos = arena.allocate(PROCESS_INFO, MAX_PROCESSES);
            if (!getComputeRunningProcesses.gives(device.handle(), count, infos)) {
                return List.of();
            }
            int running = Math.clamp(count.get(JAVA_INT, 0), 0, MAX_PROCESSES);
            var pids = new ArrayList<Long>(running);
            for (int index = 0; index < running; index++) {
                int pid = infos.get(JAVA_INT, index * PROCESS_INFO.byteSize());
                pids.add(Integer.toUnsignedLong(pid));
            }
            return pids;
        }
    }

    @Override
    public boolean supportsGpm(Device device) {
        return gpm.supports(device);
    }

    @Override
    public GpmSample allocateGpmSample() {
        return gpm.allocate();
    }

    @Override
    public void freeGpmSample(GpmSample sample) {
        gpm.free(sample);
    }

    @Override
    public boolean readGpm(Device device, OptionalInt gpuInstance, GpmSample into) {
        return gpm.read(device, gpuInstance, into);
    }

    @Override
    public @Nullable GpmReading gpm(GpmSample before, GpmSample after) {
        return gpm.between(before, after);
    }

    @Override
    public boolean watchXids(Device device) {
        return xids.watch(device);
    }

    @Override
    public List<XidEvent> takeXids() {
        return xids.take();
    }

    @Override
    public void close() {
        xids.close();
        shutdown.call();
        loaded.close();
    }

    private static Optional<Long> unsignedInt(NvmlFunction function, Device device) {
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocate(JAVA_INT);
            return function.gives(device.handle(), value) ? int32(value, 0) : Optional.empty();
        }
    }

    private static Optional<Long> selected(NvmlFunction function, Device device, int selector) {
        try (var arena = Arena.ofConfined()) {
            var value = arena.allocate(JAVA_INT);
            return function.gives(device.handle(), selector, value)
                    ? int32(value, 0)
                    : Optional.empty();
        }
    }

    private static Optional<Long> int32(MemorySegment memory, long offset) {
        int value = memory.get(JAVA_INT, offset);
        return value == BLANK_32 ? Optional.empty() : Optional.of(Integer.toUnsignedLong(value));
    }

    private static Optional<Long> int64(MemorySegment memory, long offset) {
        long value = memory.get(JAVA_LONG, offset);
        return value == BLANK_64 ? Optional.empty() : Optional.of(value);
    }

    private static long offset(StructLayout layout, String name) {
        return layout.byteOffset(PathElement.groupElement(name));
    }
}
