package gpuanalytics.producer.source.nvml;

import gpuanalytics.event.Event;
import gpuanalytics.producer.source.nvml.Nvml.XidEvent;
import gpuanalytics.producer.source.nvml.NvmlStatus.Meaning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The GPUs of one opened library, from its opening to its end. A GPU that is lost gives no samples
 * any more and stays lost: only a new session can find it again.
 */
final class NvmlSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NvmlSession.class);

    private final Nvml nvml;
    private final List<GpuReader> gpus = new ArrayList<>();
    private final Map<Integer, String> lost = new LinkedHashMap<>();
    private final ContainerOwners owners;
    private final String driverVersion;
    private final int pcieTurns;
    private int nextPcieTurn;

    /**
     * Looks at the GPUs.
     *
     * @throws NvmlException if the driver is away
     */
    NvmlSession(Nvml nvml, NvmlOptions options) {
        this.nvml = nvml;
        this.owners = new ContainerOwners(options.processes(), options.containerLogs());
        this.pcieTurns = GpuReader.pcieReadingsWithin(options.pcieBudget());
        this.driverVersion = nvml.driverVersion();
        int count = nvml.deviceCount();
        for (int index = 0; index < count; index++) {
            open(index, options);
        }
    }

    private void open(int index, NvmlOptions options) {
        try {
            gpus.add(new GpuReader(nvml, index, options, owners));
        } catch (NvmlException e) {
            throwIfLibraryLost(e);
            lose(index, "GPU " + index, e);
        }
    }

    /**
     * A sample of every GPU and MIG instance that answers.
     *
     * @throws NvmlException if the driver is away
     */
    List<Event> sample(Instant now) {
        owners.refresh();
        var xids = nvml.takeXids();
        xids.forEach(this::report);
        var events = new ArrayList<Event>();
        for (var gpu : gpus) {
            if (!lost.containsKey(gpu.index())) {
                events.addAll(sample(gpu, now, xids));
            }
        }
        nextPcieTurn += pcieTurns;
        return events;
    }

    private List<Event> sample(GpuReader gpu, Instant now, List<XidEvent> xids) {
        try {
            return gpu.sample(now, xids, hasPcieTurn(gpu));
        } catch (NvmlException e) {
            throwIfLibraryLost(e);
            lose(gpu.index(), "GPU %d (%s)".formatted(gpu.index(), gpu.uuid()), e);
            return List.of();
        }
    }

    /** GPUs whose PCIe readings wait take turns, so that they fit into the interval. */
    private boolean hasPcieTurn(GpuReader gpu) {
        int turn = Math.floorMod(gpu.index() - nextPcieTurn, gpus.size());
        return turn < pcieTurns;
    }

    private void lose(int index, String name, NvmlException cause) {
        lost.put(index, name + " is lost: " + cause.getMessage());
    }

    private static void throwIfLibraryLost(NvmlException e) {
        if (e.status().meaning() == Meaning.DRIVER_GONE) {
            throw e;
        }
    }

    private void report(XidEvent xid) {
        LOG.atWarn()
                .addKeyValue("gpu", nameOf(xid))
                .addKeyValue("xid", xid.code())
                .log("the driver reports an error");
    }

    private String nameOf(XidEvent xid) {
        return gpus.stream()
                .filter(gpu -> gpu.isAbout(xid))
                .map(GpuReader::uuid)
                .findFirst()
                .orElse("unknown");
    }

    /** GPUs that answer. */
    int present() {
        return gpus.size() - (int) gpus.stream().filter(g -> lost.containsKey(g.index())).count();
    }

    /** What is wrong with each GPU that does not answer. */
    List<String> lost() {
        return List.copyOf(lost.values());
    }

    /** The UUIDs of the GPUs that have answered. */
    List<String> uuids() {
        return gpus.stream().map(GpuReader::uuid).toList();
    }

    String driverVersion() {
        return driverVersion;
    }

    @Override
    public void close() {
        gpus.forEach(GpuReader::close);
        nvml.close();
    }
}
