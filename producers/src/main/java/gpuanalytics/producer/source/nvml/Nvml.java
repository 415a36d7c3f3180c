package gpuanalytics.producer.source.nvml;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The driver's management library, as far as this source reads it, in the units of the event
 * contract. One thread uses it.
 *
 * <p>A reading that the GPU or the driver does not give is null. Every method throws {@link
 * NvmlException} where the GPU or the driver itself is lost.
 */
interface Nvml extends AutoCloseable {

    /** A GPU or a MIG instance, as the library names it. Good until the library is closed. */
    record Device(long handle) {}

    /**
     * A part of a GPU.
     *
     * @param gpuInstance the GPU instance, unique on its GPU
     * @param computeInstance the compute instance, unique on its GPU instance
     */
    record MigInstance(Device device, int gpuInstance, int computeInstance) {}

    /** Memory in bytes; used is what processes and the driver's contexts hold. */
    record Memory(@Nullable Long usedBytes, @Nullable Long totalBytes) {}

    /**
     * A severe error that the driver has reported.
     *
     * @param gpuInstance the MIG instance it can be attributed to, if any
     */
    record XidEvent(Device device, long code, OptionalInt gpuInstance) {}

    /** A buffer for counters of performance monitoring, to be freed. */
    record GpmSample(long handle) {}

    /** What two samples of performance counters say about the time between them. */
    record GpmReading(
            @Nullable Double smActive,
            @Nullable Double tensorActive,
            @Nullable Double dramActive,
            @Nullable Double pcieTxBps,
            @Nullable Double pcieRxBps) {}

    String driverVersion();

    int deviceCount();

    /** The GPU of a number from 0 to the count. */
    Device device(int index);

    String uuid(Device device);

    String name(Device device);

    /** The MIG instances of a GPU; none where MIG is off or not there. */
    List<MigInstance> migInstances(Device device);

    /** The share of the last sample period in which a kernel ran, 0 to 1. */
    @Nullable Double utilization(Device device);

    @Nullable Memory memory(Device device);

    /** Watts; on most GPUs the average of the last second. */
    @Nullable Double powerW(Device device);

    /** Joules since the driver was loaded. */
    @Nullable Double energyJ(Device device);

    @Nullable Double temperatureC(Device device);

    @Nullable Double smClockHz(Device device);

    @Nullable Double memoryClockHz(Device device);

    /** Bytes per second sent over PCIe; takes about 20 ms, in which it is measured. */
    @Nullable Double pcieTxBps(Device device);

    /** Bytes per second received over PCIe; takes about 20 ms, in which it is measured. */
    @Nullable Double pcieRxBps(Device device);

    /** Seconds since the driver was loaded in which the power cap held the clocks down. */
    @Nullable Double powerThrottleS(Device device);

    /** Processes that compute on it, by their number in the host's name space. */
    List<Long> processes(Device device);

    /** Whether the GPU has performance monitoring (Hopper and later). */
    boolean supportsGpm(Device device);

    GpmSample allocateGpmSample();

    void freeGpmSample(GpmSample sample);

    /**
     * Reads the counters now.
     *
     * @param gpuInstance the MIG instance to read, or empty for the whole GPU
     * @return whether there are any
     */
    boolean readGpm(Device device, OptionalInt gpuInstance, GpmSample into);

    /** What happened between two samples, at least 100 ms apart. */
    @Nullable GpmReading gpm(GpmSample before, GpmSample after);

    /** Asks to be told about errors of a GPU. Whether that can be. */
    boolean watchXids(Device device);

    /** The errors reported since the last call, the oldest first, at most 100 at a time. */
    List<XidEvent> takeXids();

    /** Shuts the library down. Throws nothing. */
    @Override
    void close();
}
