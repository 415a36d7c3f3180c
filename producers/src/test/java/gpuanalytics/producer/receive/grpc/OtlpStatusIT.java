package gpuanalytics.producer.receive.grpc;

import static gpuanalytics.producer.receive.DoorFixture.LETTERS;
import static gpuanalytics.producer.receive.DoorFixture.USAGES;
import static gpuanalytics.producer.receive.DoorFixture.read;
import static gpuanalytics.producer.receive.DoorFixture.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.rpc.RetryInfo;
import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.producer.receive.DoorFixture;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of OTLP's services on the wire, for each of the signals. */
@Timeout(300)
class OtlpStatusIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PROTOBUF = "application/x-protobuf";
    private static final int LARGE = 700_000;

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
                                        "DOOR_MAX_BYTES", "1 MiB",
                                        "DOOR_MAX_MESSAGE_BYTES", "1 MiB",
                                        "DOOR_USAGE_FROM", "measured=metrics,logged=logs"))
                        .awaitReady();
        channel = doors.channel();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        doors.close();
        broker.close();
    }

    enum Signal {
        TRACES,
        METRICS,
        LOGS;

        private MethodDescriptor<byte[], byte[]> method() {
            var method =
                    switch (this) {
                        case TRACES -> TraceServiceGrpc.getExportMethod();
                        case METRICS -> MetricsServiceGrpc.getExportMethod();
                        case LOGS -> LogsServiceGrpc.getExportMethod();
                    };
            return method.toBuilder(OtlpServices.BYTES, OtlpServices.BYTES).build();
        }

        byte[] call(ManagedChannel to, byte[] message) {
            return ClientCalls.blockingUnaryCall(
                    to,
                    method(),
                    CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
                    message);
        }

        StatusRuntimeException refused(ManagedChannel to, byte[] message) {
            return assertThrows(StatusRuntimeException.class, () -> call(to, message));
        }
    }

    private static void requireToComeAgain(StatusRuntimeException refused) {
        assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode(), refused.toString());
        assertTrue(hasRetryInfo(refused), refused.toString());
    }

    private static boolean hasRetryInfo(StatusRuntimeException refused) {
        return Objects.requireNonNull(StatusProto.fromThrowable(refused)).getDetailsList().stream()
                .anyMatch(detail -> detail.is(RetryInfo.class));
    }

    @ParameterizedTest
    @EnumSource
    void badBytesAreNotToBeSentAgain(Signal signal) {
        var refused = signal.refused(channel, new byte[] {7, 7, 7});

        assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
        assertFalse(hasRetryInfo(refused));
    }

    /** Sent again it would be as large: without a time to wait a client drops it. */
    @ParameterizedTest
    @EnumSource
    void whatIsTooLargeIsNotToBeSentAgain(Signal signal) {
        var refused = signal.refused(channel, new byte[(1 << 20) + 1]);

        assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
        assertFalse(hasRetryInfo(refused));
    }

    @ParameterizedTest
    @EnumSource
    void whileKafkaIsAwayAllIsToComeAgain(Signal signal) {
        try (var away = new DoorFixture("127.0.0.1:1", Map.of())) {
            var to = away.channel();
            try {
                requireToComeAgain(signal.refused(to, new byte[0]));
            } finally {
                to.shutdownNow();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatADoorHasNoBytesForIsToComeAgain(Signal signal) throws Exception {
        var holding =
                ClientCalls.asyncClientStreamingCall(
                        channel.newCall(IngestService.PUBLISH, CallOptions.DEFAULT),
                        new Noted<DynamicMessage>());
        try {
            holding.onNext(
                    DynamicMessage.newBuilder(IngestProto.REQUEST)
                            .addRepeatedField(
                                    IngestProto.REQUEST.findFieldByName("events"),
                                    ByteString.copyFrom(usage() + " ".repeat(LARGE), UTF_8))
                            .build()
                            .toByteArray());
            Waiting.until(
                    "bytes that are held",
                    LIMIT,
                    () -> doors.metric("producer_door_bytes{door=\"grpc\"}") > LARGE);

            var refused = signal.refused(channel, new byte[LARGE]);

            requireToComeAgain(refused);
            var why = String.valueOf(refused.getStatus().getDescription());
            assertTrue(why.contains("bytes"), why);
        } finally {
            holding.onError(Status.CANCELLED.asException());
        }
        Waiting.until(
                "bytes given back",
                LIMIT,
                () -> doors.metric("producer_door_bytes{door=\"grpc\"}") == 0);
    }

    private static String usage() {
        return "{\"ts\":\"%s\",\"model\":\"m\",\"prompt_tokens\":1,\"request_id\":\"held\"}"
                .formatted(Instant.now());
    }

    private static Resource service(String name) {
        return Resource.newBuilder().addAttributes(text("service.name", name)).build();
    }

    private static KeyValue text(String name, String value) {
        return KeyValue.newBuilder()
                .setKey(name)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static NumberDataPoint point(long tokens, String model) {
        long now = Instant.now().getEpochSecond() * 1_000_000_000;
        return NumberDataPoint.newBuilder()
                .setStartTimeUnixNano(now - 60_000_000_000L)
                .setTimeUnixNano(now)
                .setAsInt(tokens)
                .addAttributes(text("model_name", model))
                .build();
    }

    private static ExportMetricsServiceRequest metrics(NumberDataPoint... points) {
        var sum =
                Sum.newBuilder()
                        .setIsMonotonic(true)
                        .setAggregationTemporality(
                                AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA);
        for (var point : points) {
            sum.addDataPoints(point);
        }
        return ExportMetricsServiceRequest.newBuilder()
                .addResourceMetrics(
                        ResourceMetrics.newBuilder()
                                .setResource(service("measured"))
                                .addScopeMetrics(
                                        ScopeMetrics.newBuilder()
                                                .addMetrics(
                                                        Metric.newBuilder()
                                                                .setName("vllm:prompt_tokens")
                                                                .setSum(sum))))
                .build();
    }

    private static LogRecord log(long tokens, String model) {
        return LogRecord.newBuilder()
                .setTimeUnixNano(Instant.now().getEpochSecond() * 1_000_000_000)
                .addAttributes(text("gen_ai.request.model", model))
                .addAttributes(
                        KeyValue.newBuilder()
                                .setKey("gen_ai.usage.input_tokens")
                                .setValue(AnyValue.newBuilder().setIntValue(tokens)))
                .build();
    }

    private static ExportLogsServiceRequest logs(LogRecord... records) {
        var scope = ScopeLogs.newBuilder();
        for (var record : records) {
            scope.addLogRecords(record);
        }
        return ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(
                        ResourceLogs.newBuilder()
                                .setResource(service("logged"))
                                .addScopeLogs(scope))
                .build();
    }

    /** The answer to a request, which is a success, by one of the doors. */
    private static byte[] told(String door, Signal signal, Message request) throws Exception {
        if (door.equals("grpc")) {
            return signal.call(channel, request.toByteArray());
        }
        var path = signal == Signal.METRICS ? "/v1/metrics" : "/v1/logs";
        var answer = doors.post(path, request.toByteArray(), "content-type", PROTOBUF);
        assertEquals(200, answer.statusCode(), DoorFixture.text(answer));
        return answer.body();
    }

    private static void requireKept(Message refused) {
        assertEquals(
                1,
                read(broker.bootstrapServers(), LETTERS).stream()
                        .filter(
                                letter ->
                                        ByteString.copyFrom(letter.value())
                                                .equals(refused.toByteString()))
                        .count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void aRefusedDataPointIsCountedInPartialSuccessAndKept(String door) throws Exception {
        var bad = point(-5, "bad-point-" + door);

        var answer = told(door, Signal.METRICS, metrics(bad, point(5, "good-point-" + door)));

        var partial = ExportMetricsServiceResponse.parseFrom(answer).getPartialSuccess();
        assertEquals(1, partial.getRejectedDataPoints());
        assertTrue(partial.getErrorMessage().contains("-5"), partial.getErrorMessage());
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "good-point-" + door).size());
        requireKept(bad);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void aRefusedLogRecordIsCountedInPartialSuccessAndKept(String door) throws Exception {
        var bad = log(-6, "bad-log-" + door);

        var answer = told(door, Signal.LOGS, logs(bad, log(6, "good-log-" + door)));

        var partial = ExportLogsServiceResponse.parseFrom(answer).getPartialSuccess();
        assertEquals(1, partial.getRejectedLogRecords());
        assertTrue(partial.getErrorMessage().contains("-6"), partial.getErrorMessage());
        assertEquals(1, texts(broker.bootstrapServers(), USAGES, "good-log-" + door).size());
        requireKept(bad);
    }

    /** What a client was told, as far as it has come. */
    private static final class Noted<T> implements StreamObserver<T> {

        private final Queue<T> told = new ConcurrentLinkedQueue<>();

        @Override
        public void onNext(T message) {
            told.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            // it ends with the connection
        }

        @Override
        public void onCompleted() {
            // it has come
        }
    }

    private static HealthCheckRequest of(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    private static ServingStatus asked(ManagedChannel to, String service) {
        return HealthGrpc.newBlockingStub(to)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .check(of(service))
                .getStatus();
    }

    private static void awaitTold(Noted<HealthCheckResponse> watched, ServingStatus status)
            throws Exception {
        Waiting.until(
                status.toString(),
                LIMIT,
                () -> {
                    var next = watched.told.poll();
                    return next != null && next.getStatus() == status;
                });
    }

    @Test
    void theServerDoesNotServeWhileKafkaIsAway() throws Exception {
        int port = freePort();
        var options = EmbeddedBroker.Options.defaults().in(directory.resolve("broker")).on(port);
        try (var away =
                new DoorFixture(
                        "127.0.0.1:" + port,
                        Map.of("DOOR_ACK_TIMEOUT_MS", "500", "OUTAGE_AFTER_MS", "300"))) {
            var to = away.channel();
            try {
                var watched = new Noted<HealthCheckResponse>();
                HealthGrpc.newStub(to).watch(of(""), watched);
                awaitTold(watched, ServingStatus.NOT_SERVING);
                assertEquals(ServingStatus.NOT_SERVING, asked(to, ""));
                assertEquals(ServingStatus.NOT_SERVING, asked(to, IngestService.NAME));

                try (var first = EmbeddedBroker.start(options)) {
                    DoorFixture.withTopics(first);
                    away.awaitReady();
                    awaitTold(watched, ServingStatus.SERVING);
                    assertEquals(ServingStatus.SERVING, asked(to, IngestService.NAME));
                }
                // that Kafka has gone is seen by what waits for it, which may find no room at first
                Waiting.until(
                        "the door to see that Kafka is away",
                        Duration.ofSeconds(60),
                        () -> {
                            assertEquals(503, away.post("/v1/events", usage()).statusCode());
                            return asked(to, "") == ServingStatus.NOT_SERVING;
                        });
                requireToComeAgain(Signal.TRACES.refused(to, new byte[0]));
                awaitTold(watched, ServingStatus.NOT_SERVING);
            } finally {
                to.shutdownNow();
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
