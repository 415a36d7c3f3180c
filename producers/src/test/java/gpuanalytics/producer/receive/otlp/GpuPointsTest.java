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
        var translation = new Translation(100);
        var events = new EventWriter(new EventCodec(EventLimits.defaults()), Clock.systemUTC());
        new GpuPoints(events, new TokenMetrics(events, new UsageOrigins(from), Optional.empty()))
                .translate(request(resource, metrics), translation);
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
