package gpuanalytics.producer.receive.otlp;

import static gpuanalytics.producer.receive.otlp.SpanUsagesTest.attributes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GpuPointsTest {

    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00Z");
    private static final long NANOS = TIME.getEpochSecond() * 1_000_000_000;
    private static final Map<String, Object> DCGM =
            Map.of(
                    "gpu", "3",
                    "UUID", "GPU-abc",
                    "Hostname", "node-9",
                    "modelName", "NVIDIA H100",
                    "pod", "train-1",
                    "namespace", "ml",
                    "container", "main");

    private static NumberDataPoint point(double value, Map<String, Object> labels) {
        return NumberDataPoint.newBuilder()
                .setTimeUnixNano(NANOS)
                .setAsDouble(value)
                .addAllAttributes(attributes(labels))
                .build();
    }

    private static Metric gauge(String name, double value, Map<String, Object> labels) {
        return Metric.newBuilder()
                .setName(name)
                .setGauge(Gauge.newBuilder().addDataPoints(point(value, labels)))
                .build();
    }

    private static Metric counter(
            String name, double value, boolean isDelta, Map<String, Object> labels) {
        return Metric.newBuilder()
                .setName(name)
                .setSum(
                        Sum.newBuilder()
                                .setIsMonotonic(true)
                                .setAggregationTemporality(
                                        isDelta
                                                ? AggregationTemporality
                                                        .AGGREGATION_TEMPORALITY_DELTA
                                                : AggregationTemporality
                                                        .AGGREGATION_TEMPORALITY_CUMULATIVE)
                                .addDataPoints(point(value, labels)))
                .build();
    }

    private static Translation translated(Map<String, Object> resource, Metric... metrics)
            throws BadRequestException {
        return translated(Map.of(), resource, metrics);
    }

    static Translation translated(
            Map<String, UsageOrigin> from, Map<String, Object> resource, Metric... metrics)
            throws BadRequestException {
        return translated(from, request(resource, metrics));
    }

    private static Translation translated(ExportMetricsServiceRequest request)
            throws BadRequestException {
        return translated(Map.of(), request);
    }

    private static Translation translated(
            Map<String, UsageOrigin> from, ExportMetricsServiceRequest request)
            throws BadRequestException {
        var translation = new Translation(100);
        var events = new EventWriter(new EventCodec(EventLimits.defaults()), Clock.systemUTC());
        new GpuPoints(events, new TokenMetrics(events, new UsageOrigins(from), Optional.empty()))
                .translate(request, translation);
        return translation;
    }

    static ExportMetricsServiceRequest request(Map<String, Object> resource, Metric... metrics) {
        return ExportMetricsServiceRequest.newBuilder()
                .addResourceMetrics(
                        ResourceMetrics.newBuilder()
                                .setResource(
                                        Resource.newBuilder()
                                                .addAllAttributes(attributes(resource)))
                                .addScopeMetrics(
                                        ScopeMetrics.newBuilder().addAllMetrics(List.of(metrics))))
                .build();
    }

    /** Tokens that were read in an interval. */
    static Metric tokens(boolean isDelta, double sum, String type) {
        return Metric.newBuilder()
                .setName("gen_ai.client.token.usage")
                .setHistogram(
                        Histogram.newBuilder()
                                .setAggregationTemporality(
                                        isDelta
                                                ? AggregationTemporality
                                                        .AGGREGATION_TEMPORALITY_DELTA
                                                : AggregationTemporality
                                                        .AGGREGATION_TEMPORALITY_CUMULATIVE)
                                .addDataPoints(
                                        HistogramDataPoint.newBuilder()
                                                .setStartTimeUnixNano(NANOS - 60_000_000_000L)
                                                .setTimeUnixNano(NANOS)
                                                .setSum(sum)
                                                .addAllAttributes(ofTokens(type))))
                .build();
    }

    /** The attributes of a point that counts tokens of a type, such as input. */
    static Iterable<KeyValue> ofTokens(String type) {
        return attributes(Map.of("gen_ai.token.type", type, "gen_ai.request.model", "m"));
    }

    private static Event sample(Translation translation) {
        assertEquals(1, translation.items().size(), translation.items().toString());
        return assertInstanceOf(Told.Fact.class, translation.items().getFirst()).event();
    }

    @Test
    void bothDialectsOfDcgmGiveTheSameSample() throws BadRequestException {
        var resource = Map.<String, Object>of("host.name", "collector", "k8s.pod.name", "exporter");
        var old =
                translated(
                        resource,
                        gauge("DCGM_FI_DEV_GPU_UTIL", 40, DCGM),
                        gauge("DCGM_FI_DEV_FB_USED", 2048, DCGM),
                        gauge("DCGM_FI_DEV_POWER_USAGE", 300.5, DCGM),
                        counter("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", 5000, false, DCGM));
        var current =
                translated(
                        resource,
                        gauge("DCGM_FI_DEV_GPU_UTIL_RATIO", 0.4, DCGM),
                        gauge("DCGM_FI_DEV_FB_USED_BYTES", 2048.0 * 1048576, DCGM),
                        gauge("DCGM_FI_DEV_BOARD_POWER_WATTS", 300.5, DCGM),
                        counter("DCGM_FI_DEV_GPU_ENERGY_JOULES_TOTAL", 5, false, DCGM));

        var sample = sample(old);
        assertEquals(sample, sample(current));
        assertEquals(4, old.parts(0));
        assertEquals(TIME, sample.ts());
        assertEquals("node-9", sample.get(GpuMetric.HOST));
        assertEquals("GPU-abc", sample.get(GpuMetric.GPU_UUID));
        assertEquals(3L, sample.get(GpuMetric.GPU_INDEX));
        assertEquals("train-1", sample.get(GpuMetric.POD));
        assertEquals(0.4, sample.get(GpuMetric.UTILIZATION));
        assertEquals(2L << 30, sample.get(GpuMetric.MEM_USED_BYTES));
        assertEquals(5.0, sample.get(GpuMetric.ENERGY_J_TOTAL));
    }

    @Test
    void hardwareMetricsOfGpusAreSamplesAndThoseOfOthersPass() throws BadRequestException {
        var gpu =
                Map.<String, Object>of(
                        "hw.id", "GPU-1", "hw.type", "gpu", "hw.model", "A100", "hw.name", "0");
        var fan = Map.<String, Object>of("hw.id", "fan-1", "hw.type", "fan");
        var encoder =
                Map.<String, Object>of(
                        "hw.id", "GPU-1", "hw.model", "A100", "hw.gpu.task", "encoder");

        var translation =
                translated(
                        Map.of("host.name", "node-1", "k8s.pod.name", "agent"),
                        gauge("hw.power", 250, gpu),
                        gauge("hw.temperature", 60, gpu),
                        gauge("hw.gpu.utilization", 0.75, gpu),
                        gauge("hw.power", 5, fan),
                        gauge("hw.gpu.utilization", 0.1, encoder));

        assertTrue(translation.items().size() > 0);
        var sample = assertInstanceOf(Told.Fact.class, translation.items().getFirst()).event();
        assertEquals(250.0, sample.get(GpuMetric.POWER_W));
        assertEquals(60.0, sample.get(GpuMetric.TEMP_C));
        assertEquals(0.75, sample.get(GpuMetric.UTILIZATION));
        assertEquals("node-1", sample.get(GpuMetric.HOST));
        assertNull(sample.get(GpuMetric.POD), "the agent's pod does not hold the GPU");
        assertEquals(1, translation.items().size());
        assertEquals(2, translation.passed());
    }

    @Test
    void aReadingThatIsNoneIsAbsentAndADeltaOfACounterIsNamed() throws BadRequestException {
        var translation =
                translated(
                        Map.of(),
                        gauge("DCGM_FI_DEV_GPU_TEMP", Double.NaN, DCGM),
                        gauge("DCGM_FI_DEV_GPU_UTIL", 0x1p63, DCGM),
                        gauge("DCGM_FI_DEV_POWER_USAGE", 70, DCGM),
                        counter("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", 5000, true, DCGM));

        var sample = sample(translation);
        assertNull(sample.get(GpuMetric.TEMP_C));
        assertNull(sample.get(GpuMetric.UTILIZATION));
        assertNull(sample.get(GpuMetric.ENERGY_J_TOTAL));
        assertEquals(70.0, sample.get(GpuMetric.POWER_W));
        assertTrue(translation.warnings().getFirst().contains("is a delta"));
    }

    @Test
    void aSampleThatNamesNoGpuIsRefusedWithAllItsPoints() throws BadRequestException {
        var nameless = Map.<String, Object>of("modelName", "H100");

        var translation =
                translated(
                        Map.of("host.name", "h"),
                        gauge("DCGM_FI_DEV_GPU_UTIL", 1, nameless),
                        gauge("DCGM_FI_DEV_POWER_USAGE", 70, nameless));

        assertInstanceOf(Told.Refused.class, translation.items().getFirst());
        assertEquals(2, translation.parts(0));
    }

    @Test
    void refusedPointsAreCountedOnceWhoeverHoldsTheGpu() throws BadRequestException {
        // without a host; two pods, a point of neither, and one of no GPU
        var one = Map.<String, Object>of("UUID", "GPU-a", "pod", "one");
        var two = Map.<String, Object>of("UUID", "GPU-a", "pod", "two");

        var translation =
                translated(
                        Map.of(),
                        gauge("DCGM_FI_DEV_GPU_UTIL", 1, one),
                        gauge("DCGM_FI_DEV_GPU_UTIL", 1, two),
                        gauge("DCGM_FI_DEV_FB_USED", 2, two),
                        gauge("DCGM_FI_DEV_POWER_USAGE", 70, Map.of("UUID", "GPU-a")),
                        gauge("DCGM_FI_DEV_POWER_USAGE", 70, Map.of("device", "nvidia9")),
                        gauge("DCGM_FI_DEV_MEM_COPY_UTIL", 1, one));

        assertEquals(List.of(2, 2, 1), parts(translation));
        for (var item : translation.items()) {
            assertInstanceOf(Told.Refused.class, item);
        }
        assertEquals(1, translation.passed());
    }

    private static List<Integer> parts(Translation translation) {
        return IntStream.range(0, translation.items().size()).mapToObj(translation::parts).toList();
    }

    @Test
    void whatExportersMeanByANameIsJudgedForEachAlone() throws BadRequestException {
        var ratio = gauge("DCGM_FI_DEV_GPU_UTIL_RATIO", 1, Map.of("gpu", "0"));
        var percent = gauge("DCGM_FI_DEV_GPU_UTIL_RATIO", 37, Map.of("gpu", "1"));
        var request =
                request(Map.of("service.instance.id", "10.0.0.1:9400"), ratio, percent).toBuilder()
                        .mergeFrom(request(Map.of("service.instance.id", "10.0.0.2:9400"), ratio))
                        .build();

        var told =
                translated(request).items().stream()
                        .map(item -> assertInstanceOf(Told.Fact.class, item).event())
                        .map(e -> e.get(GpuMetric.HOST) + " " + e.get(GpuMetric.UTILIZATION))
                        .toList();

        assertEquals(List.of("10.0.0.1 0.01", "10.0.0.1 0.37", "10.0.0.2 1.0"), told);
    }

    @Test
    void aPointsOwnLabelCountsBeforeItsResourcesWhateverTheirNames() throws BadRequestException {
        var sample =
                sample(
                        translated(
                                Map.of("hw.id", "GPU-of-all", "host.name", "collector"),
                                gauge(
                                        "DCGM_FI_DEV_GPU_UTIL",
                                        5,
                                        Map.of("uuid", "GPU-own", "Hostname", "own", "gpu", 7))));

        assertEquals("GPU-own", sample.get(GpuMetric.GPU_UUID));
        assertEquals("own", sample.get(GpuMetric.HOST));
        assertEquals(7L, sample.get(GpuMetric.GPU_INDEX));
        assertEquals("unknown", sample.get(GpuMetric.NAME));
    }

    private static Map<String, Object> hardware(String name, String value) {
        return Map.of("hw.id", "GPU-1", "hw.type", "gpu", "hw.model", "A100", name, value);
    }

    @Test
    void errorsOfHardwareCountWhereTheyAreXids() throws BadRequestException {
        var translation =
                translated(
                        Map.of("host.name", "node-1"),
                        counter("hw.errors", 2, false, hardware("error.type", "xid_13")),
                        counter("hw.errors", 3, false, hardware("error.type", "XID 79")),
                        counter("hw.errors", 3, false, hardware("error.type", "XID 79")),
                        counter("hw.errors", 9, false, hardware("error.type", "corrected")),
                        counter("hw.errors", 9, true, Map.of("hw.type", "disk")));

        assertEquals(5L, sample(translation).get(GpuMetric.XID_ERRORS_TOTAL));
        assertEquals(3, translation.parts(0));
        assertEquals(2, translation.passed());
        assertEquals(List.of(), translation.warnings());
    }

    @Test
    void bytesOfHardwareAreTheirSpeedWhereTheIntervalIsKnown() throws BadRequestException {
        var sent = counter("hw.gpu.io", 6000, true, hardware("network.io.direction", "transmit"));
        var received =
                counter("hw.gpu.io", 3000, true, hardware("network.io.direction", "receive"));

        var translation =
                translated(
                        Map.of("host.name", "node-1"),
                        startedBefore(sent, 60),
                        startedBefore(received, 60),
                        received,
                        gauge("hw.power", 250, hardware("hw.vendor", "NVIDIA")));

        var sample = sample(translation);
        assertEquals(100.0, sample.get(GpuMetric.PCIE_TX_BPS));
        assertEquals(50.0, sample.get(GpuMetric.PCIE_RX_BPS));
        assertEquals(250.0, sample.get(GpuMetric.POWER_W));
        assertEquals(1, translation.passed(), "no start, no speed");
    }

    private static Metric startedBefore(Metric sum, int seconds) {
        var changed = sum.toBuilder();
        changed.getSumBuilder()
                .getDataPointsBuilder(0)
                .setStartTimeUnixNano(NANOS - seconds * 1_000_000_000L);
        return changed.build();
    }

    @Test
    void bytesOfHardwareSinceAStartAreNamed() throws BadRequestException {
        var translation =
                translated(
                        Map.of("host.name", "node-1"),
                        counter(
                                "hw.gpu.io",
                                6000,
                                false,
                                hardware("network.io.direction", "receive")));

        assertEquals(List.of(), translation.items());
        assertEquals(1, translation.passed());
        assertEquals(
                List.of("hw.gpu.io is no delta, expected the Collector's cumulativetodelta"),
                translation.warnings());
    }

    @Test
    void usageInMetricsIsNamedAndNotCountedUnlessItsServiceIs() throws BadRequestException {
        var service = Map.<String, Object>of("service.name", "chat");

        var translation =
                translated(service, tokens(true, 7, "input"), gauge("queue.size", 1, Map.of()));

        assertEquals(0, translation.items().size());
        assertEquals(2, translation.passed());
        assertTrue(translation.warnings().getFirst().contains("\"chat\" is not counted"));
    }

    @Test
    void aDeltaOfTokensIsAUsageWithOneIdentityHoweverOftenItComes() throws BadRequestException {
        var from = Map.of("chat", UsageOrigin.METRICS);
        var service = Map.<String, Object>of("service.name", "chat");

        var first = translated(from, service, tokens(true, 700, "input"));
        var again = translated(from, service, tokens(true, 700, "input"));
        var output = translated(from, service, tokens(true, 700, "output"));

        var usage = sample(first);
        assertEquals(usage, sample(again));
        assertEquals(700L, usage.get(TokenUsage.PROMPT_TOKENS));
        assertEquals("m", usage.get(TokenUsage.MODEL));
        assertEquals(TIME, usage.ts());
        assertEquals(700L, sample(output).get(TokenUsage.COMPLETION_TOKENS));
        assertNotEquals(usage.get(TokenUsage.EVENT_ID), sample(output).get(TokenUsage.EVENT_ID));
    }

    @Test
    void aCumulativeSumOfTokensIsNamed() throws BadRequestException {
        var translation =
                translated(
                        Map.of("chat", UsageOrigin.METRICS),
                        Map.of("service.name", "chat"),
                        tokens(false, 700, "input"));

        assertEquals(0, translation.items().size());
        assertTrue(translation.warnings().getFirst().contains("is no delta"));
    }
}
