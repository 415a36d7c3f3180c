package gpuanalytics.producer.translate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What exporters show, as samples. The files are in the exporters' own form; their README says what
 * that is known from.
 */
class GpuSamplesTest {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private final EventWriter events =
            new EventWriter(
                    new EventCodec(EventLimits.defaults()), Clock.fixed(NOW, ZoneOffset.UTC));

    static String file(String name) {
        try (var in =
                Objects.requireNonNull(GpuSamplesTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private List<Event> events(String text) throws ExpositionException {
        return GpuSamples.of(Exposition.read(text, GpuSamples::isReading, 1000)).values().stream()
                .map(
                        values -> {
                            values.put("ts", NOW);
                            values.putIfAbsent("host", "asked");
                            var decoded = events.write(EventTopic.GPU_METRICS, values);
                            return assertInstanceOf(Decoded.Valid.class, decoded).event();
                        })
                .toList();
    }

    @Test
    void bothDialectsOfDcgmGiveTheSameEvents() throws Exception {
        var old = events(file("dcgm-4.6.txt"));

        assertEquals(old, events(file("dcgm-4.7.txt")));
        assertEquals(2, old.size());
        var first = old.getFirst();
        assertEquals("GPU-8c16e996", first.get(GpuMetric.GPU_UUID));
        assertEquals(0L, first.get(GpuMetric.GPU_INDEX));
        assertEquals("node-a", first.get(GpuMetric.HOST));
        assertEquals("NVIDIA H100 80GB HBM3", first.get(GpuMetric.NAME));
        assertEquals("trainer-0", first.get(GpuMetric.POD));
        assertEquals("ml", first.get(GpuMetric.NAMESPACE));
        assertEquals("cuda", first.get(GpuMetric.CONTAINER));
        assertEquals(0.97, first.get(GpuMetric.UTILIZATION));
        assertEquals(1_980_000_000.0, first.get(GpuMetric.SM_CLOCK_HZ));
        assertEquals(2_619_000_000.0, first.get(GpuMetric.MEM_CLOCK_HZ));
        assertEquals(61.0, first.get(GpuMetric.TEMP_C));
        assertEquals(612.5, first.get(GpuMetric.POWER_W));
        assertEquals(31_035_686.0, first.get(GpuMetric.ENERGY_J_TOTAL));
        assertEquals(70_000L << 20, first.get(GpuMetric.MEM_USED_BYTES));
        assertEquals(81_559L << 20, first.get(GpuMetric.MEM_TOTAL_BYTES));
        assertEquals(79L, first.get(GpuMetric.XID));
        assertEquals(12.5, first.get(GpuMetric.THROTTLE_S_TOTAL));
        assertEquals(0.81, first.get(GpuMetric.SM_ACTIVE));
        assertEquals(0.5, first.get(GpuMetric.TENSOR_ACTIVE));
        assertEquals(0.25, first.get(GpuMetric.DRAM_ACTIVE));
        assertEquals(1_500_000.0, first.get(GpuMetric.PCIE_TX_BPS));
        var second = old.get(1);
        assertEquals(0.0, second.get(GpuMetric.UTILIZATION));
        assertNull(second.get(GpuMetric.POD));
        assertNull(second.get(GpuMetric.TEMP_C), "a blank is absent");
        assertNull(second.get(GpuMetric.SM_ACTIVE), "NaN is absent");
    }

    @ParameterizedTest
    @CsvSource({
        // GPU 1's value tells what the name means for GPU 0 too
        "1, 37, '', 0.01, 0.37",
        "1, 0, 'DCGM_FI_DEV_FB_USED{gpu=\"0\"} 5', 0.01, 0",
        "1, 0, 'DCGM_FI_DEV_FB_USED_BYTES{gpu=\"0\"} 5', 1, 0",
        "1, 0.5, 'DCGM_FI_DEV_FB_USED{gpu=\"0\"} 5', 1, 0.5",
        "1, 0.5, '', 1, 0.5",
    })
    void aRatioThatIsAPercentIsKnownByItsCompany(
            String zero, String one, String beside, double first, double second) throws Exception {
        var found =
                events(
                        """
                        DCGM_FI_DEV_GPU_UTIL_RATIO{gpu="0"} %s
                        DCGM_FI_DEV_GPU_UTIL_RATIO{gpu="1"} %s
                        %s
                        """
                                .formatted(zero, one, beside));

        assertEquals(first, found.getFirst().get(GpuMetric.UTILIZATION));
        assertEquals(second, found.get(1).get(GpuMetric.UTILIZATION));
    }

    @Test
    void instancesOfMigAreSamplesOfTheirOwn() throws Exception {
        var found = events(file("dcgm-mig.txt"));

        assertEquals(
                List.of("1 1g.10gb", "2 2g.20gb"),
                found.stream()
                        .map(e -> e.get(GpuMetric.MIG_ID) + " " + e.get(GpuMetric.MIG_PROFILE))
                        .toList());
        assertEquals(
                List.of("infer-1", "infer-2"),
                found.stream().map(e -> e.get(GpuMetric.POD)).toList());
        assertEquals(
                List.of(0.1, 0.2), found.stream().map(e -> e.get(GpuMetric.SM_ACTIVE)).toList());
    }

    @Test
    void aTimeSlicedGpuHasASampleForEachPodWithTheSameReadings() throws Exception {
        var found = events(file("dcgm-time-slicing.txt"));

        assertEquals(
                List.of("one", "two", "three"),
                found.stream().map(e -> e.get(GpuMetric.POD)).toList());
        assertEquals(
                List.of(0.99, 0.99, 0.99),
                found.stream().map(e -> e.get(GpuMetric.UTILIZATION)).toList());
        // of each process: none of them is the GPU's
        assertNull(found.getFirst().get(GpuMetric.MEM_USED_BYTES));
    }

    @Test
    void labelsThatAreMissingAreFilledWhereTheyAreKnown() throws Exception {
        var found =
                events(
                        """
                        DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-a"} 10
                        DCGM_FI_DEV_POWER_USAGE{gpu="0"} 100
                        DCGM_FI_DEV_GPU_UTIL{device="nvidia9"} 10
                        DCGM_FI_DEV_GPU_UTIL{UUID="GPU-b",gpu="nvidia3"} 20
                        """);

        assertEquals(2, found.size());
        assertEquals(100.0, found.getFirst().get(GpuMetric.POWER_W));
        assertEquals("GPU-a", found.getFirst().get(GpuMetric.GPU_UUID));
        assertEquals("unknown", found.getFirst().get(GpuMetric.NAME));
        assertEquals("asked", found.getFirst().get(GpuMetric.HOST));
        assertNull(found.get(1).get(GpuMetric.GPU_INDEX));
    }

    @Test
    void theExportersOwnPodHoldsNoGpu() throws Exception {
        var found =
                events(
                        """
                        DCGM_FI_DEV_GPU_UTIL{gpu="0",pod="dcgm-exporter-x7",namespace="gpu",container="exporter",exported_pod="mine",exported_namespace="ml"} 1
                        DCGM_FI_DEV_GPU_UTIL{gpu="1",pod="dcgm-exporter-x7",namespace="gpu",container="exporter"} 1
                        DCGM_FI_DEV_GPU_UTIL{gpu="2",pod="mine",namespace="ml",container="c"} 1
                        """);

        assertEquals("mine", found.get(0).get(GpuMetric.POD));
        assertEquals("ml", found.get(0).get(GpuMetric.NAMESPACE));
        assertNull(found.get(0).get(GpuMetric.CONTAINER));
        assertNull(found.get(1).get(GpuMetric.POD));
        assertNull(found.get(1).get(GpuMetric.NAMESPACE));
        assertEquals("mine", found.get(2).get(GpuMetric.POD));
    }

    @Test
    void errorsAreCountedOverAllCodes() throws Exception {
        var found =
                events(
                        """
                        DCGM_EXP_XID_ERRORS_TOTAL{gpu="0",xid="13"} 2
                        DCGM_EXP_XID_ERRORS_TOTAL{gpu="0",xid="79"} 3
                        DCGM_EXP_XID_ERRORS_COUNT{gpu="0",xid="79",window_size_in_ms="300000"} 1
                        """);

        assertEquals(5L, found.getFirst().get(GpuMetric.XID_ERRORS_TOTAL));
        assertNull(found.getFirst().get(GpuMetric.XID));
    }

    @Test
    void amdsExporterIsUnderstoodToo() throws Exception {
        var found =
                events(
                        """
                        gpu_gfx_activity{gpu_id="3",card_model="0x74a1",hostname="amd-1",gpu_uuid="ff-1"} 50
                        gpu_used_vram{gpu_id="3",card_model="0x74a1",hostname="amd-1",gpu_uuid="ff-1"} 2
                        gpu_nodes_total{hostname="amd-1"} 8
                        """);

        assertEquals(1, found.size());
        assertEquals(0.5, found.getFirst().get(GpuMetric.UTILIZATION));
        assertEquals(2L << 20, found.getFirst().get(GpuMetric.MEM_USED_BYTES));
        assertEquals(3L, found.getFirst().get(GpuMetric.GPU_INDEX));
    }
}
