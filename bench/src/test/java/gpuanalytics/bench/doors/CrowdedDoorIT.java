package gpuanalytics.bench.doors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import gpuanalytics.bench.doors.LoadOptions.Door;
import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.testing.Waiting;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc.TraceServiceBlockingStub;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A door's process of 256 MiB of heap, whatever others do to it: those who behave are served. */
@Timeout(300)
final class CrowdedDoorIT {

    private static final int IDLE_CONNECTIONS = 10_000;

    /** More than a door has connections by default. */
    private static final int SLOW_SENDERS = 1_100;

    /** More calls than a door has places by default. */
    private static final int SLOW_CONNECTIONS = 5;

    private static final int SLOW_CALLS = 64;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MIB = 1 << 20;

    /** What a client of HTTP/2 begins with: its preface, and settings that set nothing. */
    private static final byte[] HTTP_2 =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(UTF_8);

    @TempDir static Path directory;

    private static EmbeddedBroker broker;
    private static DoorProcess door;
    private static LoadOptions options;
    private static byte[] bomb;
    private static final AtomicLong NEXT_CALL = new AtomicLong();

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedBroker.start();
        broker.createTopics(2, "gpu.metrics.v1", "token.usage.v1", "dead.letters.v1");
        options =
                LoadOptions.parse(
                        new String[] {
                            "--dir",
                            directory.toString(),
                            // what most of its time would go to else
                            "--jvm",
                            "-XX:TieredStopAtLevel=1",
                            // as in the image
                            "--jvm",
                            "-XX:+UseSerialGC"
                        });
        bomb = gzip(200);
        door =
                DoorProcess.start(
                        "ingest",
                        broker.bootstrapServers(),
                        options,
                        List.of(
                                "-XX:+ExitOnOutOfMemoryError",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow"));
        door.awaitReady();
    }

    @AfterAll
    static void stop() {
        door.close();
        broker.close();
    }

    /** By connections of their own. */
    private static void assertOthersAreServed(Door kind) throws InterruptedException {
        var calls = new Calls(1, 1, 10, Instant.now());
        var target = door.target(kind);
        try (var client =
                kind == Door.GRPC
                        ? new GrpcClient(target, calls, options)
                        : new WebClient(target, calls, options, kind == Door.HTTP)) {
            for (int n = 0; n < 10; n++) {
                assertEquals(new Answer.Acknowledged(""), client.tell(NEXT_CALL.getAndIncrement()));
            }
        }
    }

    private static Socket connect(Door kind) throws IOException {
        var target = door.target(kind);
        return new Socket(target.host(), target.port());
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Door.class,
            names = {"GRPC", "HTTP"})
    void idleConnectionsLeaveRoomForOthers(Door kind) throws Exception {
        var idle = new ArrayList<Socket>();
        try {
            for (int n = 0; n < IDLE_CONNECTIONS; n++) {
                var socket = connect(kind);
                idle.add(socket);
                if (kind == Door.GRPC) {
                    socket.getOutputStream().write(HTTP_2);
                    assertTrue(socket.getInputStream().read() >= 0, "no settings from the door");
                }
            }
            assertOthersAreServed(kind);
        } finally {
            close(idle);
        }
        assertOthersAreServed(kind);
    }

    @ParameterizedTest
    @EnumSource(
            value = Door.class,
            names = {"HTTP", "EVENTS"})
    void slowSendersLeaveRoomForOthers(Door kind) throws Exception {
        var slow = new ArrayList<Socket>();
        try {
            for (int n = 0; n < SLOW_SENDERS; n++) {
                var socket = connect(kind);
                slow.add(socket);
                socket.getOutputStream().write(head(kind, 1000, "").getBytes(UTF_8));
                socket.getOutputStream().write(new byte[10]);
            }
            assertOthersAreServed(kind);
        } finally {
            close(slow);
        }
    }

    /** Of gRPC: calls that have begun and send no message. */
    @Test
    void slowCallsLeaveRoomForOthersAndAreToldToComeAgain() throws Exception {
        var target = door.target(Door.GRPC);
        var ends = new LinkedBlockingQueue<Status>();
        var channels = new ArrayList<ManagedChannel>();
        try (var client = new GrpcClient(target, new Calls(1, 1, 10, Instant.now()), options)) {
            for (int n = 0; n < SLOW_CONNECTIONS; n++) {
                var channel =
                        NettyChannelBuilder.forAddress(target.host(), target.port())
                                .usePlaintext()
                                .build();
                channels.add(channel);
                for (int m = 0; m < SLOW_CALLS; m++) {
                    begin(channel, ends);
                }
            }
            Waiting.until("a full door", LIMIT, () -> !ends.isEmpty());
            Waiting.until(
                    "a place for another",
                    LIMIT,
                    () -> client.tell(NEXT_CALL.getAndIncrement()) instanceof Answer.Acknowledged);
            var codes = EnumSet.noneOf(Status.Code.class);
            for (int n = 0; n < SLOW_CONNECTIONS * SLOW_CALLS; n++) {
                var end = ends.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
                assertNotNull(end, "only %d have ended".formatted(n));
                codes.add(end.getCode());
            }
            // the last found no place, the first had theirs for too long
            assertEquals(EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED), codes);
            assertOthersAreServed(Door.GRPC);
        } finally {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    /** Sends the headers of a call, which of a call of one message go with that one. */
    private static void begin(ManagedChannel channel, Queue<Status> ends) {
        var export =
                TraceServiceGrpc.getExportMethod().toBuilder()
                        .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                        .build();
        channel.newCall(export, CallOptions.DEFAULT)
                .start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                ends.add(status);
                            }
                        },
                        new Metadata());
    }

    private static String head(Door kind, long length, String encoding) {
        return "POST %s HTTP/1.1\r\nhost: x\r\ncontent-type: %s\r\n%scontent-length: %d\r\n\r\n"
                .formatted(
                        kind == Door.HTTP ? "/v1/traces" : "/v1/events",
                        kind == Door.HTTP ? "application/x-protobuf" : "application/json",
                        encoding,
                        length);
    }

    @ParameterizedTest
    @EnumSource(
            value = Door.class,
            names = {"HTTP", "EVENTS"})
    void aBodyThatIsOrBecomesTooLargeIsToldSo(Door kind) throws Exception {
        assertEquals("HTTP/1.1 413", status(kind, new byte[20 * MIB], ""));
        for (int n = 0; n < 20; n++) {
            assertEquals("HTTP/1.1 413", status(kind, bomb, "content-encoding: gzip\r\n"));
        }
        assertOthersAreServed(kind);
    }

    /** Of the answer, which may come before the body has gone to its end. */
    private static String status(Door kind, byte[] body, String encoding) throws Exception {
        try (var socket = connect(kind)) {
            var _ =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            var out = socket.getOutputStream();
                                            out.write(
                                                    head(kind, body.length, encoding)
                                                            .getBytes(UTF_8));
                                            out.write(body);
                                        } catch (IOException _) {
                                            // it was told before
                                        }
                                    });
            var line =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))
                            .readLine();
            return line == null ? "no answer" : line.substring(0, "HTTP/1.1 413".length());
        }
    }

    /** So many MiB of zeros. */
    private static byte[] gzip(int mebibytes) throws IOException {
        var out = new ByteArrayOutputStream();
        var part = new byte[MIB];
        try (var gzip = new GZIPOutputStream(out)) {
            for (int n = 0; n < mebibytes; n++) {
                gzip.write(part);
            }
        }
        return out.toByteArray();
    }

    @Test
    void aMessageThatIsOrBecomesTooLargeIsToldSo() throws Exception {
        var large = request(20 * MIB);
        var huge = request(60 * MIB);
        var compressors = CompressorRegistry.newEmptyInstance();
        compressors.register(new Compressed(huge));
        var target = door.target(Door.GRPC);
        var channel =
                NettyChannelBuilder.forAddress(target.host(), target.port())
                        .usePlaintext()
                        .compressorRegistry(compressors)
                        .build();
        try {
            var plain =
                    TraceServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(60, TimeUnit.SECONDS);
            assertTooLarge(plain, large);
            for (int n = 0; n < 20; n++) {
                assertTooLarge(plain.withCompression("gzip"), huge);
            }
            assertOthersAreServed(Door.GRPC);
        } finally {
            channel.shutdownNow();
        }
    }

    /** Compresses its only message once, however often it is sent. */
    private static final class Compressed implements Compressor {

        private final byte[] bytes;

        Compressed(ExportTraceServiceRequest message) throws IOException {
            var out = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(out)) {
                message.writeTo(gzip);
            }
            this.bytes = out.toByteArray();
        }

        @Override
        public String getMessageEncoding() {
            return "gzip";
        }

        @Override
        public OutputStream compress(OutputStream out) throws IOException {
            out.write(bytes);
            return OutputStream.nullOutputStream();
        }
    }

    private static void assertTooLarge(
            TraceServiceBlockingStub stub, ExportTraceServiceRequest request) {
        var thrown = assertThrows(StatusRuntimeException.class, () -> stub.export(request));
        assertEquals(
                Status.Code.RESOURCE_EXHAUSTED, thrown.getStatus().getCode(), thrown.toString());
    }

    private static ExportTraceServiceRequest request(int bytes) {
        var value = AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(new byte[bytes]));
        var span =
                Span.newBuilder()
                        .addAttributes(KeyValue.newBuilder().setKey("text").setValue(value));
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(
                        ResourceSpans.newBuilder()
                                .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build();
    }
}
