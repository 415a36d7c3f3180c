package gpuanalytics.producer.receive;

import static gpuanalytics.producer.receive.DoorFixture.LETTERS;
import static gpuanalytics.producer.receive.DoorFixture.SAMPLES;
import static gpuanalytics.producer.receive.DoorFixture.USAGES;
import static gpuanalytics.producer.receive.DoorFixture.gzip;
import static gpuanalytics.producer.receive.DoorFixture.header;
import static gpuanalytics.producer.receive.DoorFixture.read;
import static gpuanalytics.producer.receive.DoorFixture.text;
import static gpuanalytics.producer.receive.DoorFixture.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.service.config.ConfigurationException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OTLP of a whole producer over a real broker, by real clients of both protocols. */
@Timeout(300)
class OtlpDoorIT {

    private static final String PROTOBUF = "application/x-protobuf";

    private static EmbeddedBroker broker;
    private static DoorFixture doors;
    private static ManagedChannel channel;

    @TempDir Path directory;

    @BeforeAll
    static void start() throws Exception {
        broker = DoorFixture.withTopics(EmbeddedBroker.start());
        doors =
                new DoorFixture(
                                broker.bootstrapServers(),
                                Map.of(
                                        "DOOR_MAX_MESSAGE_BYTES",
                                        "64 KiB",
                                        "DOOR_MAX_REQUESTS",
                                        "1",
                                        "DOOR_USAGE_FROM",
                                        "summing=metrics",
                                        "DOOR_CUMULATIVE_USAGE",
                                        "true"))
                        .awaitReady();
        channel = doors.channel();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        doors.close();
        broker.close();
    }

    private static TraceServiceGrpc.TraceServiceBlockingStub traces() {
        return TraceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private static KeyValue attribute(String name, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(name).setValue(value).build();
    }

    private static Span span(int id, long tokens, String model) {
        long now = Instant.now().getEpochSecond() * 1_000_000_000;
        return Span.newBuilder()
                .setTraceId(
                        ByteString.copyFrom(
                                new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}))
                .setSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 1, (byte) id}))
                .setStartTimeUnixNano(now - 1_000_000)
                .setEndTimeUnixNano(now)
                .addAttributes(
                        attribute(
                                "gen_ai.request.model",
                                AnyValue.newBuilder().setStringValue(model)))
                .addAttributes(
                        attribute(
                                "gen_ai.usage.input_tokens",
                                AnyValue.newBuilder().setIntValue(tokens)))
                .build();
    }

    private static ExportTraceServiceRequest request(Span... spans) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(
                        ResourceSpans.newBuilder()
                                .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void spansOfTheSdkAreUsages(String protocol) throws Exception {
        var model = "sdk-" + protocol;
        SpanExporter exporter =
                protocol.equals("http")
                        ? OtlpHttpSpanExporter.builder()
                                .setEndpoint(
                                        "http://127.0.0.1:%d/v1/traces"
                                                .formatted(doors.producer.doorPort(DoorKind.HTTP)))
                                .setCompression("gzip")
                                .build()
                        : OtlpGrpcSpanExporter.builder()
                                .setEndpoint(
                                        "http://127.0.0.1:"
                                                + doors.producer.doorPort(DoorKind.GRPC))
                                .setCompression("gzip")
                                .build();
        try (var provider =
                SdkTracerProvider.builder()
                        .setResource(
                                Resource.create(
                                        Attributes.of(
                                                AttributeKey.stringKey("service.name"), "sdk")))
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build()) {
            var span =
                    provider.get("test")
                            .spanBuilder("chat " + model)
                            .setSpanKind(SpanKind.CLIENT)
                            .setAttribute("gen_ai.operation.name", "chat")
                            .setAttribute("gen_ai.request.model", model)
                            .setAttribute("gen_ai.usage.input_tokens", 11)
                            .setAttribute("gen_ai.usage.output_tokens", 22)
                            .startSpan();
            span.end();
            assertTrue(provider.forceFlush().join(30, TimeUnit.SECONDS).isSuccess());

            var told = texts(broker.bootstrapServers(), USAGES, '"' + model + '"');
            assertEquals(1, told.size());
            var id = span.getSpanContext().getTraceId() + "/" + span.getSpanContext().getSpanId();
            assertTrue(told.getFirst().contains("\"event_id\":\"" + id + '"'), told.getFirst());
            assertTrue(told.getFirst().contains("\"prompt_tokens\":11"), told.getFirst());
            assertTrue(told.getFirst().contains("\"workload\":\"sdk\""), told.getFirst());
        }
    }

    @Test
    void jsonIsAnsweredInJson() throws Exception {
        var body =
                """
                {"resourceMetrics":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"h"}}]},
                  "scopeMetrics":[{"metrics":[{"name":"hw.gpu.utilization","gauge":{"dataPoints":[
                    {"timeUnixNano":"%d000000000","asDouble":0.5,"attributes":[
                      {"key":"hw.id","value":{"stringValue":"GPU-json"}},
                      {"key":"hw.model","value":{"stringValue":"H100"}}]}]}}]}]}]}
                """
                        .formatted(Instant.now().getEpochSecond());

        var answer = doors.postInTurn("/v1/metrics", body, "content-type", "application/json");

        assertEquals(200, answer.statusCode(), text(answer));
        assertEquals("{}", text(answer));
        assertEquals("application/json", answer.headers().firstValue("content-type").orElseThrow());
        assertEquals(1, texts(broker.bootstrapServers(), SAMPLES, "GPU-json").size());
        assertEquals(
                "{}",
                text(
                        doors.postInTurn(
                                "/v1/logs",
                                "{\"resourceLogs\":[]}",
                                "content-type",
                                "application/json")));
    }

    /** A sum of tokens since the start of its process, a minute ago. */
    private static byte[] summed(long time, long tokens) {
        return """
        {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"summing"}}]},
          "scopeMetrics":[{"metrics":[{"name":"vllm:generation_tokens","sum":{"isMonotonic":true,"aggregationTemporality":2,"dataPoints":[
            {"startTimeUnixNano":"%d","timeUnixNano":"%d","asInt":"%d","attributes":[
              {"key":"model_name","value":{"stringValue":"summed"}}]}]}}]}]}]}
        """
                .formatted(time - 60_000_000_000L, time, tokens)
                .getBytes(UTF_8);
    }

    @Test
    void theRiseOfACumulativeSumIsAUsageHoweverOftenItComes() throws Exception {
        long now = Instant.now().getEpochSecond() * 1_000_000_000;
        for (var body : List.of(summed(now - 9, 700), summed(now, 750), summed(now, 750))) {
            var answer = doors.postInTurn("/v1/metrics", body, "content-type", "application/json");
            assertEquals("{}", text(answer));
        }
        var told = texts(broker.bootstrapServers(), USAGES, "\"summed\"");
        assertEquals(1, told.size());
        assertTrue(told.getFirst().contains("\"completion_tokens\":50"), told.getFirst());
    }

    @Test
    void aRefusedSpanIsCountedInPartialSuccessAndKept() throws Exception {
        var bad = span(1, -5, "refused-part");

        var answer =
                doors.postInTurn(
                        "/v1/traces",
                        gzip(request(bad, span(2, 5, "accepted-part")).toByteArray()),
                        "content-type",
                        PROTOBUF,
                        "content-encoding",
                        "gzip");

        assertEquals(200, answer.statusCode());
        assertEquals(PROTOBUF, answer.headers().firstValue("content-type").orElseThrow());
        var partial = ExportTraceServiceResponse.parseFrom(answer.body()).getPartialSuccess();
        assertEquals(1, partial.getRejectedSpans());
        assertTrue(partial.getErrorMessage().contains("-5"), partial.getErrorMessage());
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "accepted-part").size());
        var letter =
                read(broker.bootstrapServers(), LETTERS).stream()
                        .filter(
                                record ->
                                        ByteString.copyFrom(record.value())
                                                .equals(bad.toByteString()))
                        .findFirst()
                        .orElseThrow();
        assertEquals("out_of_range", header(letter, "dead_letter.reason"));
        assertEquals(PROTOBUF, header(letter, "content-type"));
    }

    @Test
    void whatIsBadIsToldAsAStatusInTheRequestsOwnForm() throws Exception {
        var bad = doors.postInTurn("/v1/traces", "no protobuf", "content-type", PROTOBUF);
        assertEquals(400, bad.statusCode());
        assertEquals(
                Code.INVALID_ARGUMENT.getNumber(),
                com.google.rpc.Status.parseFrom(bad.body()).getCode());

        var json = doors.postInTurn("/v1/traces", "{", "content-type", "application/json");
        assertEquals(400, json.statusCode());
        assertTrue(text(json).startsWith("{\"code\":3,\"message\":\""), text(json));

        assertEquals(
                415,
                doors.postInTurn("/v1/traces", "x", "content-type", "text/plain").statusCode());
        assertEquals(
                413,
                doors.postInTurn("/v1/traces", new byte[70_000], "content-type", PROTOBUF)
                        .statusCode());
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(byte[] value) {
                    return new ByteArrayInputStream(value);
                }

                @Override
                public byte[] parse(InputStream stream) {
                    return new byte[0];
                }
            };

    private static MethodDescriptor<byte[], byte[]> raw() {
        return TraceServiceGrpc.getExportMethod().toBuilder(BYTES, BYTES).build();
    }

    private static StatusRuntimeException fails(byte[] message) {
        return assertThrows(
                StatusRuntimeException.class,
                () ->
                        ClientCalls.blockingUnaryCall(
                                channel,
                                raw(),
                                CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                                message));
    }

    @Test
    void badAndTooLargeCallsHaveTheStatusThatTellsNotToRetry() {
        assertEquals(
                Status.Code.INVALID_ARGUMENT, fails(new byte[] {7, 7, 7}).getStatus().getCode());
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, fails(new byte[70_000]).getStatus().getCode());
    }

    @Test
    void aRefusedSpanIsCountedInPartialSuccessOfACallToo() {
        var response = traces().export(request(span(3, -1, "m"), span(4, 1, "grpc-part")));

        assertEquals(1, response.getPartialSuccess().getRejectedSpans());
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "grpc-part").size());
    }

    @Test
    void aFullDoorTellsWhenToComeAgain() {
        var slow = new SlowCall();
        slow.start();
        // the call is under way for the server once another one is refused
        var refused = refusedWhileSlow();

        assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
        assertTrue(hasRetryInfo(refused));
        slow.cancel();
        assertEquals(
                0,
                traces().withWaitForReady()
                        .export(eventually())
                        .getPartialSuccess()
                        .getRejectedSpans());
    }

    /**
     * One that never sends what it has promised. The door's only place may still belong to a call
     * whose client has its answer already: it is asked for until it is given.
     */
    private static final class SlowCall extends ClientCall.Listener<byte[]> {

        private ClientCall<byte[], byte[]> call = channel.newCall(raw(), CallOptions.DEFAULT);

        synchronized void start() {
            call.start(this, new Metadata());
            call.request(1);
        }

        @Override
        public synchronized void onClose(Status status, Metadata trailers) {
            if (status.getCode() == Status.Code.UNAVAILABLE && !channel.isShutdown()) {
                call = channel.newCall(raw(), CallOptions.DEFAULT);
                start();
            }
        }

        synchronized void cancel() {
            call.cancel("enough", null);
        }
    }

    private static ExportTraceServiceRequest eventually() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < deadline) {
            try {
                var _ = traces().export(request(span(5, 1, "room")));
                return request(span(6, 1, "room"));
            } catch (StatusRuntimeException e) {
                assertEquals(Status.Code.UNAVAILABLE, e.getStatus().getCode());
            }
        }
        throw new AssertionError("the door stays full");
    }

    private static StatusRuntimeException refusedWhileSlow() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < deadline) {
            try {
                var _ = traces().export(request(span(7, 1, "while-slow")));
            } catch (StatusRuntimeException e) {
                return e;
            }
        }
        throw new AssertionError("the door is never full");
    }

    private static boolean hasRetryInfo(StatusRuntimeException e) {
        return Objects.requireNonNull(StatusProto.fromThrowable(e)).getDetailsList().stream()
                .anyMatch(detail -> detail.is(RetryInfo.class));
    }

    @Test
    void kafkaAwayIsUnavailableWithATimeToWait() {
        try (var away = new DoorFixture("127.0.0.1:1", Map.of())) {
            var to = away.channel();
            try {
                var thrown =
                        assertThrows(
                                StatusRuntimeException.class,
                                () ->
                                        TraceServiceGrpc.newBlockingStub(to)
                                                .withDeadlineAfter(30, TimeUnit.SECONDS)
                                                .export(request(span(8, 1, "away"))));
                assertEquals(Status.Code.UNAVAILABLE, thrown.getStatus().getCode());
                assertTrue(hasRetryInfo(thrown));
            } finally {
                to.shutdownNow();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "traces,application/json",
        "metrics,application/json",
        "logs,application/json",
        "traces,application/x-protobuf",
        "metrics,application/x-protobuf",
        "logs,application/x-protobuf"
    })
    void kafkaAwayIsToComeAgainOverHttpToo(String signal, String form) throws Exception {
        boolean isJson = form.equals("application/json");
        try (var away = new DoorFixture("127.0.0.1:1", Map.of())) {
            var answer = away.post("/v1/" + signal, isJson ? "{}" : "", "content-type", form);

            assertEquals(503, answer.statusCode(), text(answer));
            assertTrue(answer.headers().firstValue("retry-after").isPresent());
            assertEquals(form, answer.headers().firstValue("content-type").orElseThrow());
            if (isJson) {
                assertTrue(text(answer).startsWith("{\"code\":14,\"message\":\""), text(answer));
            } else {
                assertEquals(
                        Code.UNAVAILABLE.getNumber(),
                        com.google.rpc.Status.parseFrom(answer.body()).getCode());
            }
        }
    }

    /** A warning is a success: nothing is rejected, so that a client does not call it an error. */
    @Test
    void usageInTheOtherSignalIsAWarningWithNothingRejected() throws Exception {
        var service = attribute("service.name", AnyValue.newBuilder().setStringValue("summing"));
        var ofService = request(span(11, 1, "in-spans-too")).toBuilder();
        ofService.getResourceSpansBuilder(0).getResourceBuilder().addAttributes(service);

        var answer =
                doors.postInTurn(
                        "/v1/traces", ofService.build().toByteArray(), "content-type", PROTOBUF);

        assertEquals(200, answer.statusCode());
        var partial = ExportTraceServiceResponse.parseFrom(answer.body()).getPartialSuccess();
        assertEquals(0, partial.getRejectedSpans());
        assertTrue(partial.getErrorMessage().contains("summing"), partial.getErrorMessage());
        assertEquals(0, texts(broker.bootstrapServers(), USAGES, "in-spans-too").size());
    }

    @Test
    void theServerSaysThatItServes() {
        assertEquals(
                ServingStatus.SERVING,
                HealthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(30, TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus());
    }

    @Test
    void bothDoorsAskForATokenAndSpeakTls() throws Exception {
        var tokens = Files.writeString(directory.resolve("tokens"), "opensesame");
        var certificate = TestCertificate.in(directory);
        try (var guarded =
                new DoorFixture(
                        broker.bootstrapServers(),
                        Map.of(
                                "DOOR_TOKENS_FILE", tokens.toString(),
                                "DOOR_TLS_CERT_FILE", certificate.certificate().toString(),
                                "DOOR_TLS_KEY_FILE", certificate.key().toString()))) {
            guarded.awaitReady();
            var to =
                    NettyChannelBuilder.forAddress(
                                    "127.0.0.1", guarded.producer.doorPort(DoorKind.GRPC))
                            .sslContext(
                                    GrpcSslContexts.forClient()
                                            .trustManager(certificate.certificate().toFile())
                                            .build())
                            .overrideAuthority("localhost")
                            .build();
            try {
                var stub = TraceServiceGrpc.newBlockingStub(to);
                var refused =
                        assertThrows(
                                StatusRuntimeException.class,
                                () -> stub.export(request(span(9, 1, "tls"))));
                assertEquals(
                        Status.Code.UNAUTHENTICATED,
                        refused.getStatus().getCode(),
                        refused.toString());
                var headers = new Metadata();
                headers.put(
                        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                        "Bearer opensesame");
                var response =
                        stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                                .export(request(span(10, 1, "tls")));
                assertEquals(0, response.getPartialSuccess().getRejectedSpans());
            } finally {
                to.shutdownNow();
            }
            assertExportsOverTls(guarded, certificate);
        }
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "\"tls\"").size());
    }

    private static void assertExportsOverTls(DoorFixture guarded, TestCertificate certificate)
            throws Exception {
        var exporter =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint(
                                "https://localhost:%d/v1/traces"
                                        .formatted(guarded.producer.doorPort(DoorKind.HTTP)))
                        .setTrustedCertificates(Files.readAllBytes(certificate.certificate()))
                        .addHeader("authorization", "Bearer opensesame")
                        .build();
        try (var provider =
                SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build()) {
            provider.get("test")
                    .spanBuilder("x")
                    .setAttribute("gen_ai.request.model", "https")
                    .setAttribute("gen_ai.usage.input_tokens", 1)
                    .startSpan()
                    .end();
            assertTrue(provider.forceFlush().join(30, TimeUnit.SECONDS).isSuccess());
        }
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "\"https\"").size());
    }

    @Test
    void beyondLoopbackATokenIsRequired() {
        var thrown =
                assertThrows(
                        ConfigurationException.class,
                        () ->
                                new DoorFixture(
                                        broker.bootstrapServers(),
                                        Map.of(
                                                "DOOR_HTTP_HOST", "0.0.0.0",
                                                "DOOR_GRPC_HOST", "0.0.0.0")));

        assertEquals(2, thrown.errors().size(), thrown.errors().toString());
        assertTrue(
                thrown.errors()
                        .contains(
                                "DOOR_GRPC_HOST is 0.0.0.0, expected a loopback address where"
                                        + " DOOR_TOKENS_FILE is not set"),
                thrown.errors().toString());
    }
}
