package gpuanalytics.producer.receive.grpc;

import static gpuanalytics.producer.receive.DoorFixture.LETTERS;
import static gpuanalytics.producer.receive.DoorFixture.USAGES;
import static gpuanalytics.producer.receive.DoorFixture.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DynamicMessage;
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
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code gpuanalytics.v1.Ingest} of a whole producer over a real broker. */
@Timeout(300)
class IngestIT {

    /** Its headers go out before its message, which that of a call of one message's do not. */
    private static final MethodDescriptor<ExportTraceServiceRequest, ExportTraceServiceResponse>
            HEADERS_ALONE =
                    TraceServiceGrpc.getExportMethod().toBuilder()
                            .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                            .build();

    private static EmbeddedBroker broker;
    private static DoorFixture doors;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() throws Exception {
        broker = DoorFixture.withTopics(EmbeddedBroker.start());
        doors =
                new DoorFixture(
                                broker.bootstrapServers(),
                                Map.of(
                                        "DOOR_MAX_BYTES", "1 MiB",
                                        "DOOR_MAX_MESSAGE_BYTES", "1 MiB"))
                        .awaitReady();
        channel = doors.channel();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        doors.close();
        broker.close();
    }

    /** What a client waits for. */
    private static final class Awaited<T> implements StreamObserver<T> {

        private final CompletableFuture<T> value = new CompletableFuture<>();

        @Override
        public void onNext(T message) {
            value.complete(message);
        }

        @Override
        public void onError(Throwable failure) {
            value.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            value.completeExceptionally(new AssertionError("no answer"));
        }

        T get() throws Exception {
            return value.get(60, TimeUnit.SECONDS);
        }

        StatusRuntimeException failure() throws Exception {
            try {
                throw new AssertionError("an answer: " + get());
            } catch (ExecutionException e) {
                return assertInstanceOf(StatusRuntimeException.class, e.getCause());
            }
        }
    }

    private static Awaited<DynamicMessage> publish(ManagedChannel to, List<byte[]> messages) {
        var answer = new Awaited<DynamicMessage>();
        var stream =
                ClientCalls.asyncClientStreamingCall(
                        to.newCall(IngestService.PUBLISH, CallOptions.DEFAULT), answer);
        messages.forEach(stream::onNext);
        stream.onCompleted();
        return answer;
    }

    private static byte[] message(String... events) {
        var request = DynamicMessage.newBuilder(IngestProto.REQUEST);
        var field = IngestProto.REQUEST.findFieldByName("events");
        for (var event : events) {
            request.addRepeatedField(field, ByteString.copyFrom(event, UTF_8));
        }
        return request.build().toByteArray();
    }

    private static String usage(String id) {
        return "{\"ts\":\"%s\",\"model\":\"m\",\"prompt_tokens\":3,\"request_id\":\"%s\"}"
                .formatted(Instant.now(), id);
    }

    private static long count(DynamicMessage answer, String field) {
        return (long) answer.getField(IngestProto.RESPONSE.findFieldByName(field));
    }

    @Test
    void aStreamIsAnsweredWhenAllOfItIsInKafka() throws Exception {
        var answer =
                publish(
                                channel,
                                List.of(
                                        message(usage("published-1"), usage("published-2")),
                                        message(),
                                        message("[%s]".formatted(usage("published-3")))))
                        .get();

        assertEquals(3, count(answer, "accepted"));
        assertEquals(0, count(answer, "refused"));
        assertEquals(3, texts(broker.bootstrapServers(), USAGES, "published-").size());
    }

    @Test
    void refusedEventsAreNamedByTheirPlaceAndKept() throws Exception {
        var answer =
                publish(
                                channel,
                                List.of(
                                        message(usage("beside-bad")),
                                        message(usage("beside-bad"), "{\"bad\":\"of-a-stream\"}")))
                        .get();

        assertEquals(2, count(answer, "accepted"));
        assertEquals(1, count(answer, "refused"));
        var refusals = answer.getField(IngestProto.RESPONSE.findFieldByName("refusals")).toString();
        assertTrue(refusals.contains("index: 2"), refusals);
        assertTrue(refusals.contains("missing_field"), refusals);
        assertEquals(1, texts(broker.bootstrapServers(), LETTERS, "of-a-stream").size());
    }

    @Test
    void aStreamMayBeLongerThanWhatADoorMayHold() throws Exception {
        var blanks = " ".repeat(200_000);
        var messages =
                IntStream.range(0, 20)
                        .mapToObj(i -> message(blanks + usage("long-" + i + "-stream")))
                        .toList();

        assertEquals(20, count(publish(channel, messages).get(), "accepted"));
        assertEquals(20, texts(broker.bootstrapServers(), USAGES, "-stream").size());
        doors.awaitEmpty();
    }

    @Test
    void badBytesEndTheStream() throws Exception {
        var bytes =
                publish(channel, List.of(new byte[] {10, 99, 1}, message(usage("x")))).failure();
        assertEquals(Status.Code.INVALID_ARGUMENT, bytes.getStatus().getCode());
        var json = publish(channel, List.of(message("[{\"a\":"))).failure();
        assertEquals(Status.Code.INVALID_ARGUMENT, json.getStatus().getCode());
    }

    @Test
    void whileKafkaIsAwayTheClientIsToldWhenToComeAgain() throws Exception {
        try (var away = new DoorFixture("127.0.0.1:1", Map.of())) {
            var to = away.channel();
            try {
                var failure = publish(to, List.of(message(usage("x")))).failure();

                assertEquals(Status.Code.UNAVAILABLE, failure.getStatus().getCode());
                var status = Objects.requireNonNull(StatusProto.fromThrowable(failure));
                assertTrue(status.getDetails(0).is(RetryInfo.class));
            } finally {
                to.shutdownNow();
            }
        }
    }

    @Test
    void callsThatSendNothingMoreAreEndedAndTheirPlacesAreFree() throws Exception {
        try (var small =
                new DoorFixture(
                                broker.bootstrapServers(),
                                Map.of(
                                        "DOOR_MAX_REQUESTS", "2",
                                        "DOOR_GRPC_MESSAGE_TIMEOUT_S", "5"))
                        .awaitReady()) {
            var to = small.channel();
            try {
                var silent = new Awaited<ExportTraceServiceResponse>();
                var _ =
                        ClientCalls.asyncClientStreamingCall(
                                to.newCall(HEADERS_ALONE, CallOptions.DEFAULT), silent);
                var idle = new Awaited<DynamicMessage>();
                ClientCalls.asyncClientStreamingCall(
                                to.newCall(IngestService.PUBLISH, CallOptions.DEFAULT), idle)
                        .onNext(message(usage("before-idling")));

                Waiting.until(
                        "a full door",
                        Duration.ofSeconds(60),
                        () -> small.metric("producer_door_calls_share{door=\"grpc\"}") == 1);
                assertEquals(2, small.metric("producer_door_calls{door=\"grpc\"}"));
                assertEquals(2, small.metric("producer_door_calls_limit{door=\"grpc\"}"));
                assertEquals(
                        Status.Code.UNAVAILABLE,
                        publish(to, List.of(message(usage("full"))))
                                .failure()
                                .getStatus()
                                .getCode());
                assertEquals(
                        1, small.metric("producer_door_full_total{door=\"grpc\",of=\"calls\"}"));

                assertEquals(Status.Code.DEADLINE_EXCEEDED, silent.failure().getStatus().getCode());
                assertEquals(Status.Code.DEADLINE_EXCEEDED, idle.failure().getStatus().getCode());
                for (int n = 0; n < 2; n++) {
                    assertEquals(
                            1,
                            count(publish(to, List.of(message(usage("after")))).get(), "accepted"));
                }
            } finally {
                to.shutdownNow();
            }
        }
    }

    @Test
    void healthKnowsTheService() {
        assertEquals(
                ServingStatus.SERVING,
                HealthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(60, TimeUnit.SECONDS)
                        .check(
                                HealthCheckRequest.newBuilder()
                                        .setService("gpuanalytics.v1.Ingest")
                                        .build())
                        .getStatus());
    }

    private static ServerReflectionResponse reflect(ServerReflectionRequest request)
            throws Exception {
        var answer = new Awaited<ServerReflectionResponse>();
        var stream = ServerReflectionGrpc.newStub(channel).serverReflectionInfo(answer);
        stream.onNext(request);
        var response = answer.get();
        stream.onCompleted();
        return response;
    }

    @Test
    void reflectionTellsTheServiceAndItsMessages() throws Exception {
        var services =
                reflect(ServerReflectionRequest.newBuilder().setListServices("").build())
                        .getListServicesResponse()
                        .getServiceList()
                        .stream()
                        .map(service -> service.getName())
                        .toList();
        assertTrue(services.contains("gpuanalytics.v1.Ingest"), services.toString());

        var file =
                reflect(
                                ServerReflectionRequest.newBuilder()
                                        .setFileContainingSymbol("gpuanalytics.v1.Ingest")
                                        .build())
                        .getFileDescriptorResponse()
                        .getFileDescriptorProto(0);
        assertEquals(IngestProto.FILE.toProto(), FileDescriptorProto.parseFrom(file));
    }
}
