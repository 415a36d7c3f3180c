package gpuanalytics.producer.source.nvml;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.nvml.ContainerOwners.Owner;
import gpuanalytics.producer.source.nvml.Nvml.Device;
import gpuanalytics.producer.source.nvml.Nvml.GpmReading;
import gpuanalytics.producer.source.nvml.Nvml.MigInstance;
import gpuanalytics.producer.source.nvml.Nvml.XidEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads one GPU, and the MIG instances it is divided into, into samples. */
final class GpuReader implements AutoCloseable {

    /** A reading of each direction waits 20 ms. */
    private static final Duration PCIE_READING = Duration.ofMillis(40);

    private final Nvml nvml;
    private final NvmlOptions options;
    private final ContainerOwners owners;
    private final int index;
    private final Device device;
    private final String uuid;
    private final String name;
    private final boolean tellsXids;
    private final boolean hasGpm;
    private final Map<OptionalInt, GpmMeter> meters = new HashMap<>();
    private final Map<String, Long> xidErrors = new HashMap<>();

    /**
     * Looks at a GPU.
     *
     * @throws NvmlException if it is lost
     */
    GpuReader(Nvml nvml, int index, NvmlOptions options, ContainerOwners owners) {
        this.nvml = nvml;
        this.options = options;
        this.owners = owners;
        this.index = index;
        this.device = nvml.device(index);
        this.uuid = nvml.uuid(device);
        this.name = nvml.name(device);
        this.tellsXids = nvml.watchXids(device);
        this.hasGpm = nvml.supportsGpm(device);
    }

    /** How many GPUs' PCIe readings fit into a time. */
    static int pcieReadingsWithin(Duration budget) {
        return Math.toIntExact(budget.dividedBy(PCIE_READING));
    }

    int index() {
        return index;
    }

    String uuid() {
        return uuid;
    }

    boolean isAbout(XidEvent xid) {
        return xid.device().equals(device);
    }

    /**
     * One sample of the GPU and of each MIG instance.
     *
     * @param xids what the driver reported since the last sample, of any GPU
     * @param mayWait whether there is time for readings that wait
     * @throws NvmlException if the GPU or the driver is lost
     */
    List<Event> sample(Instant now, List<XidEvent> xids, boolean mayWait) {
        var own = xids.stream().filter(this::isAbout).toList();
        var instances = nvml.migInstances(device);
        var events = new ArrayList<Event>();
        events.add(whole(now, own, mayWait));
        for (var instance : instances) {
            events.add(part(instance, instances, now, own));
        }
        dropMetersExcept(instances);
        return events;
    }

    private Event whole(Instant now, List<XidEvent> xids, boolean mayWait) {
        var sample = begun(now);
        set(sample, GpuMetric.UTILIZATION, nvml.utilization(device));
        set(sample, GpuMetric.POWER_W, nvml.powerW(device));
        set(sample, GpuMetric.ENERGY_J_TOTAL, nvml.energyJ(device));
        set(sample, GpuMetric.TEMP_C, nvml.temperatureC(device));
        set(sample, GpuMetric.SM_CLOCK_HZ, nvml.smClockHz(device));
        set(sample, GpuMetric.MEM_CLOCK_HZ, nvml.memoryClockHz(device));
        set(sample, GpuMetric.THROTTLE_S_TOTAL, nvml.powerThrottleS(device));
        setXid(sample, "", xids);
        setMemory(sample, device);
        var gpm = readGpm(OptionalInt.empty());
        setGpm(sample, gpm);
        setPcie(sample, gpm, mayWait);
        setOwner(sample, device);
        return sample.build();
    }

    private Event part(
            MigInstance instance, List<MigInstance> all, Instant now, List<XidEvent> xids) {
        var id = migId(instance, all);
        var sample = begun(now).set(GpuMetric.MIG_ID, id);
        var gpuInstance = OptionalInt.of(instance.gpuInstance());
        setXid(
                sample,
                id,
                xids.stream().filter(xid -> xid.gpuInstance().equals(gpuInstance)).toList());
        setMemory(sample, instance.device());
        setGpm(sample, readGpm(gpuInstance));
        setOwner(sample, instance.device());
        return sample.build();
    }

    /** The GPU instance, as DCGM names it; with the compute instance where it has several. */
    private static String migId(MigInstance instance, List<MigInstance> all) {
        long siblings = all.stream().filter(o -> o.gpuInstance() == instance.gpuInstance()).count();
        var id = Integer.toString(instance.gpuInstance());
        return siblings == 1 ? id : id + "/" + instance.computeInstance();
    }

    private Event.Builder begun(Instant now) {
        return GpuMetric.builder()
                .set(GpuMetric.TS, now)
                .set(GpuMetric.HOST, options.host())
                .set(GpuMetric.NODE, options.node().orElse(null))
                .set(GpuMetric.GPU_INDEX, (long) index)
                .set(GpuMetric.GPU_UUID, uuid)
                .set(GpuMetric.NAME, name)
                .set(GpuMetric.PRICE_PER_HOUR_USD, options.pricePerHourUsd().orElse(null))
                .set(GpuMetric.INTERVAL_S, options.interval().toMillis() / 1e3)
                .set(GpuMetric.SOURCE, "nvml");
    }

    /** A reading beyond what its field allows is no reading, and does not cost the sample. */
    private static void set(Event.Builder sample, Field<Double> field, @Nullable Double value) {
        if (value != null && value >= field.min() && value <= field.max()) {
            sample.set(field, value);
        }
    }

    private void setMemory(Event.Builder sample, Device of) {
        var memory = nvml.memory(of);
        if (memory != null) {
            setWhole(sample, GpuMetric.MEM_USED_BYTES, memory.usedBytes());
            setWhole(sample, GpuMetric.MEM_TOTAL_BYTES, memory.totalBytes());
        }
    }

    private static void setWhole(Event.Builder sample, Field<Long> field, @Nullable Long value) {
        if (value != null && value >= field.min() && value <= field.max()) {
            sample.set(field, value);
        }
    }

    /**
     * The last error of the interval, 0 for none, and how many there were since the start: the same
     * code in two intervals is two errors.
     *
     * @param of the MIG instance, or nothing for the whole GPU
     */
    private void setXid(Event.Builder sample, String of, List<XidEvent> xids) {
        if (tellsXids) {
            setWhole(sample, GpuMetric.XID, xids.isEmpty() ? 0 : xids.getLast().code());
            long total = xidErrors.merge(of, (long) xids.size(), Long::sum);
            setWhole(sample, GpuMetric.XID_ERRORS_TOTAL, total);
        }
    }

    private @Nullable GpmReading readGpm(OptionalInt instance) {
        return hasGpm
                ? meters.computeIfAbsent(instance, i -> new GpmMeter(nvml, device, i)).read()
                : null;
    }

    private static void setGpm(Event.Builder sample, @Nullable GpmReading gpm) {
        if (gpm != null) {
            set(sample, GpuMetric.SM_ACTIVE, gpm.smActive());
            set(sample, GpuMetric.TENSOR_ACTIVE, gpm.tensorActive());
            set(sample, GpuMetric.DRAM_ACTIVE, gpm.dramActive());
        }
    }

    /** Counters of the whole interval are better than 20 ms of it, and do not wait. */
    private void setPcie(Event.Builder sample, @Nullable GpmReading gpm, boolean mayWait) {
        if (hasGpm) {
            set(sample, GpuMetric.PCIE_TX_BPS, gpm == null ? null : gpm.pcieTxBps());
            set(sample, GpuMetric.PCIE_RX_BPS, gpm == null ? null : gpm.pcieRxBps());
        } else if (mayWait) {
            set(sample, GpuMetric.PCIE_TX_BPS, nvml.pcieTxBps(device));
            set(sample, GpuMetric.PCIE_RX_BPS, nvml.pcieRxBps(device));
        }
    }

    /** The pod that holds it, where all of its processes belong to one. */
    private void setOwner(Event.Builder sample, Device of) {
        var all = new HashSet<Optional<Owner>>();
        nvml.processes(of).forEach(pid -> all.add(owners.ownerOf(pid)));
        if (all.size() == 1) {
            all.iterator().next().ifPresent(owner -> setOwner(sample, owner));
        }
    }

    private static void setOwner(Event.Builder sample, Owner owner) {
        sample.set(GpuMetric.CONTAINER, owner.container());
        var names = owner.names();
        if (names != null) {
            sample.set(GpuMetric.POD, names.pod()).set(GpuMetric.NAMESPACE, names.namespace());
        }
    }

    private void dropMetersExcept(List<MigInstance> instances) {
        var kept = new HashSet<OptionalInt>();
        kept.add(OptionalInt.empty());
        instances.forEach(instance -> kept.add(OptionalInt.of(instance.gpuInstance())));
        meters.entrySet()
                .removeIf(
                        meter -> {
                            boolean gone = !kept.contains(meter.getKey());
                            if (gone) {
                                meter.getValue().close();
                            }
                            return gone;
                        });
    }

    @Override
    public void close() {
        meters.values().forEach(GpmMeter::close);
        meters.clear();
    }
}
