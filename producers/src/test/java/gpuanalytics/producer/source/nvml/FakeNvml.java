package gpuanalytics.producer.source.nvml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Some GPUs of which tests decide what they read; it counts what is opened and closed. */
final class FakeNvml implements Nvml {

    /** Instances of GPU i have handles from 100 × (i + 1). */
    private static final int INSTANCES = 100;

    int gpus = 1;
    int opened;
    boolean gpm = true;
    boolean tellsXids = true;
    @Nullable Double utilization = 0.5;
    @Nullable Double powerW = 300.0;
    @Nullable NvmlStatus initialising;
    @Nullable NvmlStatus calling;
    final Map<Integer, NvmlStatus> lost = new HashMap<>();
    final Set<Integer> gone = new HashSet<>();
    final List<MigInstance> instances = new ArrayList<>();
    final Map<Long, List<Long>> processes = new HashMap<>();
    final Queue<XidEvent> xids = new ArrayDeque<>();
    final List<Long> pcieRead = new ArrayList<>();
    final Set<Long> gpmSamples = new HashSet<>();
    private long nextSample = 1;

    /** What opens it, like a library. */
    Nvml open() {
        if (initialising != null) {
            throw new NvmlException("nvmlInit_v2", initialising);
        }
        opened++;
        return this;
    }

    static MigInstance instance(int number, int gpuInstance, int computeInstance) {
        return new MigInstance(new Device(INSTANCES + number), gpuInstance, computeInstance);
    }

    private void check(Device device) {
        check();
        var status = lost.get((int) device.handle());
        if (status != null) {
            throw new NvmlException("nvmlDevice", status);
        }
    }

    private void check() {
        if (calling != null) {
            throw new NvmlException("nvmlDevice", calling);
        }
    }

    private static boolean isInstance(Device device) {
        return device.handle() >= INSTANCES;
    }

    @Override
    public String driverVersion() {
        return "580.159.04";
    }

    @Override
    public int deviceCount() {
        check();
        return gpus - gone.size();
    }

    @Override
    public Device device(int index) {
        var device = new Device(index);
        check(device);
        return device;
    }

    @Override
    public String uuid(Device device) {
        check(device);
        return "GPU-" + device.handle();
    }

    @Override
    public String name(Device device) {
        check(device);
        return "NVIDIA H100 80GB HBM3";
    }

    @Override
    public List<MigInstance> migInstances(Device device) {
        check(device);
        return List.copyOf(instances);
    }

    @Override
    public @Nullable Double utilization(Device device) {
        check(device);
        return utilization;
    }

    @Override
    public Memory memory(Device device) {
        check(device);
        return isInstance(device) ? new Memory(1L << 20, 1L << 33) : new Memory(1L << 30, null);
    }

    @Override
    public @Nullable Double powerW(Device device) {
        check(device);
        return powerW;
    }

    @Override
    public Double energyJ(Device device) {
        check(device);
        return 1000.0;
    }

    @Override
    public Double temperatureC(Device device) {
        check(device);
        return 40.0;
    }

    @Override
    public Double smClockHz(Device device) {
        check(device);
        return 1.98e9;
    }

    @Override
    public Double memoryClockHz(Device device) {
        check(device);
        return 2.6e9;
    }

    @Override
    public Double pcieTxBps(Device device) {
        check(device);
        pcieRead.add(device.handle());
        return 1e6;
    }

    @Override
    public Double pcieRxBps(Device device) {
        check(device);
        return 2e6;
    }

    @Override
    public Double powerThrottleS(Device device) {
        check(device);
        return 0.0;
    }

    @Override
    public List<Long> processes(Device device) {
        check(device);
        return processes.getOrDefault(device.handle(), List.of());
    }

    @Override
    public boolean supportsGpm(Device device) {
        check(device);
        return gpm;
    }

    @Override
    public GpmSample allocateGpmSample() {
        check();
        gpmSamples.add(nextSample);
        return new GpmSample(nextSample++);
    }

    @Override
    public void freeGpmSample(GpmSample sample) {
        gpmSamples.remove(sample.handle());
    }

    @Override
    public boolean readGpm(Device device, OptionalInt gpuInstance, GpmSample into) {
        check(device);
        return true;
    }

    @Override
    public GpmReading gpm(GpmSample before, GpmSample after) {
        return new GpmReading(0.8, 0.6, 0.4, 3e6, 4e6);
    }

    @Override
    public boolean watchXids(Device device) {
        check(device);
        return tellsXids;
    }

    @Override
    public List<XidEvent> takeXids() {
        check();
        var taken = List.copyOf(xids);
        xids.clear();
        return taken;
    }

    @Override
    public void close() {
        opened--;
    }
}
