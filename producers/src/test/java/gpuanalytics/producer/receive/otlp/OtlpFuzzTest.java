package gpuanalytics.producer.receive.otlp;

import static gpuanalytics.producer.receive.otlp.SpanUsagesTest.attribute;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged requests; {@code -Dfuzz.seed} repeats a run. */
class OtlpFuzzTest {

    private static final int ROUNDS = 20_000;
    private static final String TRACE = "5b8efff798038103d269b633813fc60c";
    private static final String JSON =
            """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},
              "scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174",
                "startTimeUnixNano":"1772359200000000000","endTimeUnixNano":1772359201000000000,"kind":3,
                "unknown":{"a":[1,{"b":null}]},"status":{"code":2},"flags":256,
                "attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},
                  {"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}},
                  {"key":"x","value":{"doubleValue":"NaN"}},{"key":"y","value":{"bytesValue":"AQI="}},
                  {"key":"z","value":{"boolValue":true}},{"key":"n","value":null}]}]}]}]}
            """;

    private static final String METRICS_JSON =
            """
            {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.instance.id","value":{"stringValue":"h:9400"}}]},
              "scopeMetrics":[{"metrics":[
                {"name":"DCGM_FI_DEV_GPU_UTIL_RATIO","gauge":{"dataPoints":[
                  {"timeUnixNano":"1772359200000000000","asDouble":37,"flags":1,"attributes":[{"key":"UUID","value":{"stringValue":"g"}}]},
                  {"timeUnixNano":1772359200000000000,"asInt":"1","attributes":[{"key":"gpu","value":{"intValue":"3"}}]}]}},
                {"name":"DCGM_EXP_XID_ERRORS_TOTAL","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[
                  {"timeUnixNano":"1772359200000000000","asDouble":"NaN","attributes":[{"key":"UUID","value":{"stringValue":"g"}}]}]}},
                {"name":"hw.gpu.io","sum":{"aggregationTemporality":1,"dataPoints":[
                  {"startTimeUnixNano":"1772359140000000000","timeUnixNano":"1772359200000000000","asInt":"60","attributes":[
                    {"key":"hw.id","value":{"stringValue":"g"}},{"key":"network.io.direction","value":{"stringValue":"receive"}}]}]}},
                {"name":"gen_ai.client.token.usage","histogram":{"aggregationTemporality":1,"dataPoints":[
                  {"startTimeUnixNano":"1","timeUnixNano":"1772359200000000000","count":"1","sum":7,"bucketCounts":["1"],"explicitBounds":[1.5],
                   "attributes":[{"key":"gen_ai.token.type","value":{"stringValue":"input"}}]}]}}]}]}]}
            """;

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final EventWriter events =
            new EventWriter(new EventCodec(EventLimits.defaults()), Clock.systemUTC());

    private static ExportTraceServiceRequest spans() {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(
                        ResourceSpans.newBuilder()
                                .addScopeSpans(
                                        ScopeSpans.newBuilder()
                                                .addSpans(
                                                        Span.newBuilder()
                                                                .setTraceId(
                                                                        ByteString.copyFrom(
                                                                                HexFormat.of()
                                                                                        .parseHex(
                                                                                                TRACE)))
                                                                .setEndTimeUnixNano(
                                                                        1_772_359_201_000_000_000L)
                                                                .addAttributes(
                                                                        attribute(
                                                                                "gen_ai.request.model",
                                                                                "m"))
                                                                .addAttributes(
                                                                        attribute(
                                                                                "gen_ai.usage.input_tokens",
                                                                                7)))))
                .build();
    }

    private static ExportMetricsServiceRequest points() {
        return ExportMetricsServiceRequest.newBuilder()
                .addResourceMetrics(
                        ResourceMetrics.newBuilder()
                                .addScopeMetrics(
                                        ScopeMetrics.newBuilder()
                                                .addMetrics(
                                                        GpuPointsTest.tokens(false, 700, "input"))
                                                .addMetrics(
                                                        Metric.newBuilder()
                                                                .setName("DCGM_FI_DEV_GPU_UTIL")
                                                                .setGauge(
                                                                        Gauge.newBuilder()
                                                                                .addDataPoints(
                                                                                        NumberDataPoint
                                                                                                .newBuilder()
                                                                                                .setAsDouble(
                                                                                                        5)
                                                                                                .addAttributes(
                                                                                                        attribute(
                                                                                                                "UUID",
                                                                                                                "g")))))))
                .build();
    }

    private byte[] damaged(byte[] whole) {
        var bytes = whole.clone();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void damagedProtobufIsItemsOrRefused() {
        var spans = spans().toByteArray();
        var points = points().toByteArray();
        var streams = Optional.of(new CumulativeStreams(10));
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try {
                var into = new Translation(10);
                new SpanUsages(events, new UsageOrigins(Map.of()))
                        .translate(ExportTraceServiceRequest.parseFrom(damaged(spans)), into);
                new GpuPoints(
                                events,
                                new TokenMetrics(
                                        events,
                                        new UsageOrigins(Map.of("", UsageOrigin.METRICS)),
                                        streams))
                        .translate(ExportMetricsServiceRequest.parseFrom(damaged(points)), into);
                read++;
            } catch (InvalidProtocolBufferException | BadRequestException ignored) {
                // told to the client
            } catch (RuntimeException e) {
                throw new AssertionError("fuzz.seed=" + seed, e);
            }
        }
        assertTrue(read > 0, "some are read, fuzz.seed=" + seed);
    }

    private static ExportLogsServiceRequest logs() {
        var log =
                LogRecord.newBuilder()
                        .setTimeUnixNano(1_772_359_201_000_000_000L)
                        .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(TRACE)))
                        .setEventName("gen_ai.client.inference.operation.details")
                        .addAttributes(attribute("gen_ai.operation.name", "chat"))
                        .addAttributes(attribute("gen_ai.request.model", "m"))
                        .addAttributes(attribute("gen_ai.usage.input_tokens", 7))
                        .addAttributes(attribute("error.type", "timeout"));
        return ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(
                        ResourceLogs.newBuilder()
                                .setResource(
                                        Resource.newBuilder()
                                                .addAttributes(attribute("service.name", "s")))
                                .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(log)))
                .build();
    }

    /** Reads a request of one signal. */
    private interface Reading {
        void of(byte[] bytes, Translation into)
                throws InvalidProtocolBufferException, BadRequestException;
    }

    /** Whether it is damaged or not, it is read or refused. */
    private void damage(byte[] whole, Reading reading) throws Exception {
        var undamaged = new Translation(10);
        reading.of(whole, undamaged);
        assertTrue(undamaged.items().size() > 0, "it is read where it is not damaged");
        for (int round = 0; round < ROUNDS; round++) {
            try {
                reading.of(damaged(whole), new Translation(10));
            } catch (InvalidProtocolBufferException | BadRequestException ignored) {
                // told to the client
            } catch (RuntimeException e) {
                throw new AssertionError("fuzz.seed=" + seed + ", round " + round, e);
            }
        }
    }

    private void readLogs(ExportLogsServiceRequest logs, Translation into)
            throws BadRequestException {
        new LogUsages(events, new UsageOrigins(Map.of("s", UsageOrigin.LOGS)))
                .translate(logs, into);
    }

    @Test
    void damagedLogsAreItemsOrRefused() throws Exception {
        damage(
                logs().toByteArray(),
                (bytes, into) -> readLogs(ExportLogsServiceRequest.parseFrom(bytes), into));
    }

    @Test
    void damagedLogsInJsonAreItemsOrRefused() throws Exception {
        var json =
                """
                {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},
                  "scopeLogs":[{"logRecords":[{"timeUnixNano":"1772359200000000000","traceId":"%s","severityNumber":9,
                    "body":{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"}]}}}]}},
                    "attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},
                      {"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}}]}]}]}]}
                """
                        .formatted(TRACE);
        damage(
                json.getBytes(UTF_8),
                (bytes, into) ->
                        readLogs(
                                OtlpJson.read(bytes, ExportLogsServiceRequest.newBuilder()).build(),
                                into));
    }

    @Test
    void damagedMetricsInJsonAreItemsOrRefused() throws Exception {
        var origins = new UsageOrigins(Map.of("", UsageOrigin.METRICS));
        var points = new GpuPoints(events, new TokenMetrics(events, origins, Optional.empty()));
        damage(
                METRICS_JSON.getBytes(UTF_8),
                (bytes, into) ->
                        points.translate(
                                OtlpJson.read(bytes, ExportMetricsServiceRequest.newBuilder())
                                        .build(),
                                into));
    }

    @Test
    void damagedJsonIsItemsOrRefused() throws Exception {
        var spans = new SpanUsages(events, new UsageOrigins(Map.of()));
        damage(
                JSON.getBytes(UTF_8),
                (bytes, into) ->
                        spans.translate(
                                OtlpJson.read(bytes, ExportTraceServiceRequest.newBuilder())
                                        .build(),
                                into));
    }

    @Test
    void jsonIsReadAsTheSpecificationHasIt() throws BadRequestException {
        var span =
                OtlpJson.read(JSON.getBytes(UTF_8), ExportTraceServiceRequest.newBuilder())
                        .getResourceSpans(0)
                        .getScopeSpans(0)
                        .getSpans(0);

        assertEquals(TRACE, HexFormat.of().formatHex(span.getTraceId().toByteArray()));
        assertEquals(1_772_359_200_000_000_000L, span.getStartTimeUnixNano());
        assertEquals(1_772_359_201_000_000_000L, span.getEndTimeUnixNano());
        assertEquals(Span.SpanKind.SPAN_KIND_CLIENT, span.getKind());
        assertEquals(12, span.getAttributes(1).getValue().getIntValue());
        assertTrue(Double.isNaN(span.getAttributes(2).getValue().getDoubleValue()));
        assertEquals(2, span.getAttributes(3).getValue().getBytesValue().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{} {}",
                "{\"resourceSpans\":{}}",
                "{\"resourceSpans\":[7]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"xyz\"}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"kind\":\"SERVER?\"}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"endTimeUnixNano\":\"1.5\"}]}]}]}"
            })
    void whatIsNoOtlpIsRefused(String body) {
        assertThrows(
                BadRequestException.class,
                () -> OtlpJson.read(body.getBytes(UTF_8), ExportTraceServiceRequest.newBuilder()));
    }
}
