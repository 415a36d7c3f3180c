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
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
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

    @Test
    void damagedJsonIsItemsOrRefused() {
        var whole = JSON.getBytes(UTF_8);
        for (int round = 0; round < ROUNDS; round++) {
            try {
                var request = OtlpJson.read(damaged(whole), ExportTraceServiceRequest.newBuilder());
                new SpanUsages(events, new UsageOrigins(Map.of()))
                        .translate(request.build(), new Translation(10));
            } catch (BadRequestException ignored) {
                // told to the client
            } catch (RuntimeException e) {
                throw new AssertionError("fuzz.seed=" + seed, e);
            }
        }
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
