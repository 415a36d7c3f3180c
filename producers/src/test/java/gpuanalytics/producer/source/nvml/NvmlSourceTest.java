package gpuanalytics.producer.source.nvml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventId;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.nvml.Nvml.Device;
import gpuanalytics.producer.source.nvml.Nvml.XidEvent;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class NvmlSourceTest {

    private static final Instant START = Instant.parse("2026-11-27T12:00:00.300Z");

    @TempDir private Path folder;

    private final FakeNvml nvml = new FakeNvml();
    private final Map<String, String> environment = new HashMap<>();

    private NvmlSource source() {
        environment.putIfAbsent("NVML_HOST", "gpu-7");
        environment.putIfAbsent("NVML_PROC", folder.resolve("proc").toString());
        environment.putIfAbsent("NVML_CONTAINER_LOGS", folder.resolve("logs").toString());
        environment.putIfAbsent("NVML_RETRY_MS", "10000");
        var env = new EnvironmentReader(environment);
        var options = NvmlOptions.read(env, Optional.empty());
        env.check();
        return new NvmlSource(options, nvml::open, Clock.fixed(START, ZoneOffset.UTC));
    }

    private static Instant second(int second) {
        return Instant.parse("2026-11-27T12:00:00Z").plusSeconds(second);
    }

    /** The samples of one second. */
    private static List<Event> at(NvmlSource source, int second) {
        return source.take(second(second), 1000);
    }

    private static NvmlSource started(NvmlSource source) {
        source.nextDue(START);
        return source;
    }

    @Test
    void samplesEveryGpuAtMultiplesOfTheInterval() {
        nvml.gpus = 2;
        try (var source = source()) {
            assertEquals(second(1), source.nextDue(START));
            assertEquals(List.of(), source.take(START, 1000));

            var samples = at(source, 1);

            assertEquals(
                    List.of("GPU-0", "GPU-1"),
                    samples.stream().map(s -> s.require(GpuMetric.GPU_UUID)).toList());
            assertEquals(second(2), source.nextDue(second(1)));
            assertFalse(source.ended());
            var sample = samples.get(1);
            assertEquals(second(1), sample.ts());
            assertEquals("gpu-7", sample.get(GpuMetric.HOST));
            assertEquals(1L, sample.get(GpuMetric.GPU_INDEX));
            assertEquals("NVIDIA H100 80GB HBM3", sample.get(GpuMetric.NAME));
            assertEquals(1.0, sample.get(GpuMetric.INTERVAL_S));
            assertEquals("nvml", sample.get(GpuMetric.SOURCE));
            assertEquals(0.5, sample.get(GpuMetric.UTILIZATION));
            assertEquals(300.0, sample.get(GpuMetric.POWER_W));
            assertEquals(1000.0, sample.get(GpuMetric.ENERGY_J_TOTAL));
            assertEquals(40.0, sample.get(GpuMetric.TEMP_C));
            assertEquals(1.98e9, sample.get(GpuMetric.SM_CLOCK_HZ));
            assertEquals(2.6e9, sample.get(GpuMetric.MEM_CLOCK_HZ));
            assertEquals(0.0, sample.get(GpuMetric.THROTTLE_S_TOTAL));
            assertEquals(1L << 30, sample.get(GpuMetric.MEM_USED_BYTES));
            assertNull(sample.get(GpuMetric.MEM_TOTAL_BYTES));
            assertEquals(0L, sample.get(GpuMetric.XID));
            assertNull(sample.get(GpuMetric.NODE));
            assertNull(sample.get(GpuMetric.POD));
        }
    }

    @Test
    void nameAndPlaceOfTheMachineAreConfigured() {
        environment.put("NODE_NAME", "node-3");
        environment.put("NVML_INTERVAL_MS", "5000");
        try (var source = started(source())) {
            var sample = at(source, 5).getFirst();

            assertEquals("node-3", sample.get(GpuMetric.NODE));
            assertEquals(5.0, sample.get(GpuMetric.INTERVAL_S));
            assertEquals(second(10), source.nextDue(second(5)));
        }
    }

    @Test
    void whatWasMissedStaysAGap() {
        try (var source = started(source())) {
            assertEquals(1, at(source, 1).size());

            assertEquals(1, at(source, 9).size(), "eight seconds late, one sample");

            assertEquals(second(10), source.nextDue(second(9)));
            assertEquals(List.of(), source.take(second(9).plusMillis(999), 1000));
        }
    }

    @Test
    void handsOutNoMoreThanWasAskedFor() {
        nvml.gpus = 5;
        try (var source = started(source())) {
            var first = source.take(second(1), 2);
            assertEquals(Instant.MIN, source.nextDue(second(1)), "there is more");
            var rest = source.take(second(1).plusMillis(10), 10);

            assertEquals(2, first.size());
            assertEquals(3, rest.size());
            assertEquals(second(1), rest.getLast().ts(), "all of one look");
            assertEquals(second(2), source.nextDue(second(1)));
        }
    }

    @Test
    void whatTheGpuDoesNotGiveIsAbsent() {
        nvml.utilization = null;
        nvml.powerW = null;
        nvml.tellsXids = false;
        try (var source = started(source())) {
            var sample = at(source, 1).getFirst();

            assertNull(sample.get(GpuMetric.UTILIZATION));
            assertNull(sample.get(GpuMetric.POWER_W));
            assertNull(sample.get(GpuMetric.XID));
            assertEquals(40.0, sample.get(GpuMetric.TEMP_C));
        }
    }

    @Test
    void anImpossibleReadingIsAbsentAndCostsNothingElse() {
        nvml.utilization = 1.27;
        nvml.powerW = Double.NaN;
        try (var source = started(source())) {
            var sample = at(source, 1).getFirst();

            assertNull(sample.get(GpuMetric.UTILIZATION));
            assertNull(sample.get(GpuMetric.POWER_W));
            assertEquals(40.0, sample.get(GpuMetric.TEMP_C));
        }
    }

    @Test
    void countersSayWhatHappenedBetweenTwoSamples() {
        try (var source = started(source())) {
            var first = at(source, 1).getFirst();
            var second = at(source, 2).getFirst();

            assertNull(first.get(GpuMetric.SM_ACTIVE));
            assertNull(first.get(GpuMetric.PCIE_TX_BPS));
            assertEquals(0.8, second.get(GpuMetric.SM_ACTIVE));
            assertEquals(0.6, second.get(GpuMetric.TENSOR_ACTIVE));
            assertEquals(0.4, second.get(GpuMetric.DRAM_ACTIVE));
            assertEquals(3e6, second.get(GpuMetric.PCIE_TX_BPS));
            assertEquals(4e6, second.get(GpuMetric.PCIE_RX_BPS));
            assertEquals(List.of(), nvml.pcieRead, "nothing waits");
        }
    }

    @Test
    void pcieReadingsThatWaitTakeTurnsWithinTheirBudget() {
        nvml.gpus = 5;
        nvml.gpm = false;
        environment.put("NVML_PCIE_BUDGET_MS", "100");
        try (var source = started(source())) {
            var seen = new HashSet<Long>();
            for (int second = 1; second <= 3; second++) {
                nvml.pcieRead.clear();
                var samples = at(source, second);
                assertEquals(2, nvml.pcieRead.size(), "two of 40 ms fit into 100");
                assertEquals(
                        nvml.pcieRead,
                        samples.stream()
                                .filter(s -> s.get(GpuMetric.PCIE_RX_BPS) != null)
                                .map(s -> s.require(GpuMetric.GPU_INDEX))
                                .toList());
                seen.addAll(nvml.pcieRead);
            }
            assertEquals(5, seen.size(), "each has had its turn");
        }
    }

    @Test
    void withoutABudgetNoPcieReadingWaits() {
        nvml.gpm = false;
        environment.put("NVML_PCIE_BUDGET_MS", "0");
        try (var source = started(source())) {
            assertNull(at(source, 1).getFirst().get(GpuMetric.PCIE_TX_BPS));
            assertEquals(List.of(), nvml.pcieRead);
        }
    }

    @Test
    void aMigInstanceIsASampleBesideItsGpu() {
        nvml.instances.add(FakeNvml.instance(0, 7, 0));
        nvml.instances.add(FakeNvml.instance(1, 9, 0));
        try (var source = started(source())) {
            at(source, 1);
            var samples = at(source, 2);

            assertEquals(3, samples.size());
            assertEquals(3, samples.stream().map(EventId::of).distinct().count());
            var instance = samples.get(2);
            assertEquals("GPU-0", instance.get(GpuMetric.GPU_UUID));
            assertEquals("9", instance.get(GpuMetric.MIG_ID));
            assertEquals(1L << 20, instance.get(GpuMetric.MEM_USED_BYTES));
            assertEquals(0.8, instance.get(GpuMetric.SM_ACTIVE));
            assertNull(instance.get(GpuMetric.POWER_W), "the GPU's, not the instance's");
            assertNull(instance.get(GpuMetric.ENERGY_J_TOTAL));
        }
    }

    @Test
    void computeInstancesOfOneGpuInstanceAreToldApart() {
        nvml.instances.add(FakeNvml.instance(0, 7, 0));
        nvml.instances.add(FakeNvml.instance(1, 7, 1));
        try (var source = started(source())) {
            assertEquals(
                    List.of("7/0", "7/1"),
                    at(source, 1).stream()
                            .map(sample -> sample.get(GpuMetric.MIG_ID))
                            .filter(Objects::nonNull)
                            .toList());
        }
    }

    @Test
    void countersOfADestroyedInstanceAreFreed() {
        nvml.instances.add(FakeNvml.instance(0, 7, 0));
        try (var source = started(source())) {
            at(source, 1);
            assertEquals(4, nvml.gpmSamples.size());

            nvml.instances.clear();
            at(source, 2);

            assertEquals(2, nvml.gpmSamples.size());
        }
        assertEquals(0, nvml.gpmSamples.size());
        assertEquals(0, nvml.opened);
    }

    @Test
    void anErrorIsInTheSampleOfItsInterval() {
        nvml.gpus = 2;
        nvml.instances.add(FakeNvml.instance(0, 7, 0));
        try (var source = started(source())) {
            nvml.xids.add(new XidEvent(new Device(1), 31, OptionalInt.of(7)));
            nvml.xids.add(new XidEvent(new Device(1), 43, OptionalInt.empty()));

            var samples = at(source, 1);

            assertEquals(
                    List.of(0L, 0L, 43L, 31L),
                    samples.stream().map(sample -> sample.require(GpuMetric.XID)).toList());
            assertEquals(
                    List.of(0L, 0L, 2L, 1L),
                    samples.stream()
                            .map(sample -> sample.require(GpuMetric.XID_ERRORS_TOTAL))
                            .toList());
            var next = at(source, 2).get(2);
            assertEquals(0L, next.get(GpuMetric.XID));
            assertEquals(2L, next.get(GpuMetric.XID_ERRORS_TOTAL));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = NvmlStatus.class,
            names = {"GPU_IS_LOST", "RESET_REQUIRED"})
    void aLostGpuIsNamedAndTheOthersGoOn(NvmlStatus status) {
        nvml.gpus = 3;
        try (var source = started(source())) {
            assertEquals(3, at(source, 1).size());
            assertTrue(source.health().up());
            assertEquals("GPUs sampled: 3, driver 580.159.04", source.health().detail());

            nvml.lost.put(1, status);

            assertEquals(2, at(source, 2).size());
            assertFalse(source.health().up());
            assertEquals(
                    "GPUs sampled: 2, driver 580.159.04; GPU 1 (GPU-1) is lost: nvmlDevice answers "
                            + status.symbol(),
                    source.health().detail());
            nvml.lost.clear();
            assertEquals(2, at(source, 3).size(), "not before it is opened again");
            assertEquals(3, at(source, 12).size());
            assertTrue(source.health().up());
            assertEquals(1, nvml.opened);
            assertEquals(6, nvml.gpmSamples.size());
        }
    }

    @Test
    void aGpuThatIsStillLostIsTriedAgainAndAgain() {
        nvml.gpus = 2;
        try (var source = started(source())) {
            at(source, 1);
            nvml.lost.put(0, NvmlStatus.GPU_IS_LOST);
            for (int second = 2; second < 60; second++) {
                assertEquals(1, at(source, second).size());
                assertTrue(source.health().detail().contains("GPU 0"), source.health().detail());
                assertEquals(1, nvml.opened);
            }
            nvml.lost.clear();
            assertEquals(2, at(source, 70).size());
        }
    }

    @Test
    void aGpuThatTheDriverDoesNotKnowAnyMoreIsNamed() {
        nvml.gpus = 2;
        try (var source = started(source())) {
            at(source, 1);
            nvml.lost.put(1, NvmlStatus.GPU_IS_LOST);
            at(source, 2);
            nvml.gone.add(1);

            assertEquals(1, at(source, 12).size());

            assertEquals(
                    "GPUs sampled: 1, driver 580.159.04; GPU-1 is gone", source.health().detail());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = NvmlStatus.class,
            names = {"UNINITIALIZED", "DRIVER_NOT_LOADED", "LIB_RM_VERSION_MISMATCH"})
    void anUnloadedDriverIsNamedAndTriedAgain(NvmlStatus status) {
        nvml.gpus = 2;
        try (var source = started(source())) {
            at(source, 1);
            nvml.calling = status;
            nvml.initialising = NvmlStatus.DRIVER_NOT_LOADED;

            assertEquals(List.of(), at(source, 2));

            assertFalse(source.health().up());
            assertEquals(
                    "no GPU is sampled: nvmlDevice answers " + status.symbol(),
                    source.health().detail());
            assertEquals(0, nvml.opened, "the library is let go");
            assertEquals(0, nvml.gpmSamples.size());
            assertEquals(List.of(), at(source, 12));
            assertEquals(
                    "no GPU is sampled: nvmlInit_v2 answers NVML_ERROR_DRIVER_NOT_LOADED",
                    source.health().detail());

            nvml.calling = null;
            nvml.initialising = null;

            assertEquals(List.of(), at(source, 13), "the gap stays one");
            assertEquals(2, at(source, 22).size());
            assertTrue(source.health().up());
        }
    }

    @Test
    void aDriverThatIsNotLoadedYetIsWaitedFor() {
        nvml.initialising = NvmlStatus.DRIVER_NOT_LOADED;
        try (var source = started(source())) {
            assertFalse(source.health().up());
            assertEquals(List.of(), at(source, 1));
            nvml.initialising = null;
            assertEquals(1, at(source, 11).size());
            assertTrue(source.health().up());
        }
    }

    @Test
    void withoutALibraryOneLineSaysWhatIsMissing() {
        environment.put("NVML_LIBRARY", "libno-such.so.1");
        var env = new EnvironmentReader(environment);
        var options = NvmlOptions.read(env, Optional.empty());

        var refused =
                assertThrows(
                        ConfigurationException.class,
                        () -> new NvmlSource(options, Clock.systemUTC()));

        assertEquals(1, refused.errors().size());
        var line = refused.errors().getFirst();
        assertTrue(
                line.startsWith(
                        "NVML_LIBRARY is libno-such.so.1, expected the NVIDIA driver's management"
                                + " library: "),
                line);
        assertFalse(line.contains("\n"), line);
    }

    @Test
    void theOneContainerThatHoldsAGpuIsNamed() throws IOException {
        var id = "ab".repeat(32);
        processIn(11, "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + id + ".scope");
        processIn(12, "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + id + ".scope");
        Files.createDirectories(folder.resolve("logs"));
        Files.createFile(folder.resolve("logs/llama-0_serving_vllm-" + id + ".log"));
        nvml.processes.put(0L, List.of(11L, 12L));
        try (var source = started(source())) {
            var sample = at(source, 1).getFirst();

            assertEquals("llama-0", sample.get(GpuMetric.POD));
            assertEquals("serving", sample.get(GpuMetric.NAMESPACE));
            assertEquals("vllm", sample.get(GpuMetric.CONTAINER));
        }
    }

    @Test
    void aSharedGpuBelongsToNobody() throws IOException {
        processIn(11, "0::/docker/" + "ab".repeat(32));
        processIn(12, "0::/docker/" + "cd".repeat(32));
        nvml.processes.put(0L, List.of(11L, 12L));
        try (var source = started(source())) {
            assertNull(at(source, 1).getFirst().get(GpuMetric.CONTAINER));
        }
    }

    @Test
    void aProcessThatCannotBeSeenLeavesTheOwnerOpen() throws IOException {
        processIn(11, "0::/docker/" + "ab".repeat(32));
        nvml.processes.put(0L, List.of(11L, 12L));
        try (var source = started(source())) {
            assertNull(at(source, 1).getFirst().get(GpuMetric.CONTAINER));
            nvml.processes.put(0L, List.of(11L));
            assertEquals("abababababab", at(source, 2).getFirst().get(GpuMetric.CONTAINER));
        }
    }

    private void processIn(int pid, String cgroup) throws IOException {
        var process = folder.resolve("proc/" + pid);
        Files.createDirectories(process);
        Files.writeString(process.resolve("cgroup"), cgroup + "\n");
    }
}
