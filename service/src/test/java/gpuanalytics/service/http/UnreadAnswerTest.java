package gpuanalytics.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients can hold that ask for much and read nothing, or never end what they send. */
@Timeout(120)
class UnreadAnswerTest {

    private static final int SLOTS = 3;
    private static final int CLIENTS = 40;
    private static final int BLOCK = 64 * 1024;

    /** Requests on one connection; fewer than the server would refuse by itself. */
    private static final int AHEAD = 100;

    private static final int AT_HAND_BYTES = 1024 * 1024;

    /** More than all buffers of the system between server and client. */
    private static final long ANSWER_BYTES = 256L << 20;

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final long STEP_NANOS = 10_000_000;

    private final AtomicLong made = new AtomicLong();

    /** Opened when as many writers as there are slots have begun. */
    private final CountDownLatch writers = new CountDownLatch(SLOTS);

    /** Registered while a writer writes; arrives when it has ended. */
    private final Phaser writing = new Phaser(1);

    private final AtomicReference<WorkGate> gates = new AtomicReference<>();

    private List<Endpoint> endpoints(HttpMetrics metrics) {
        var gate = new WorkGate("large", SLOTS, LONG, metrics);
        gates.set(gate);
        return List.of(
                Endpoint.get("/large", List.of("text/plain"), _ -> large()).behind(gate),
                Endpoint.get("/slow", List.of("text/plain"), _ -> slow(false)).behind(gate),
                Endpoint.get("/long", List.of("text/plain"), _ -> slow(true)).behind(gate),
                Endpoint.get("/small", List.of("text/plain"), _ -> small()),
                Endpoint.of(Endpoint.Method.POST, "/note", List.of("text/plain"), _ -> small())
                        .accepting(1024, List.of("text/plain")),
                Endpoint.get("/block", List.of("text/plain"), _ -> block()));
    }

    private Answer block() {
        made.addAndGet(AT_HAND_BYTES);
        return Answer.ok("text/plain", new byte[AT_HAND_BYTES]);
    }

    private static Answer small() {
        return Answer.ok("text/plain", "small".getBytes(UTF_8));
    }

    private Answer large() {
        return Answer.ok(
                "text/plain",
                new Body.Streamed(
                        out -> {
                            writing.register();
                            writers.countDown();
                            try {
                                var block = new byte[BLOCK];
                                for (long sent = 0; sent < ANSWER_BYTES; sent += BLOCK) {
                                    out.write(block);
                                    made.addAndGet(BLOCK);
                                }
                            } finally {
                                writing.arriveAndDeregister();
                            }
                        }));
    }

    /** Made so slowly that the time to read it is over before all of it is there. */
    private static Answer slow(boolean isLong) {
        return Answer.ok(
                "text/plain",
                new Body.Streamed(
                        out -> {
                            var start = System.nanoTime();
                            var time = (isLong ? SHORT.multipliedBy(2) : LONG).toNanos();
                            while (System.nanoTime() - start < time) {
                                out.write(new byte[BLOCK]); // fails once the client is cut off
                                LockSupport.parkNanos(STEP_NANOS);
                            }
                            out.write('.');
                        },
                        isLong));
    }

    @Test
    void aLongAnswerMayBeReadForLongerThanTheReadTimeout() throws Exception {
        try (var server = new TestServer(CLIENTS, SHORT, this::endpoints)) {
            assertTrue(server.get("/long").body().endsWith("."));
            assertThrows(IOException.class, () -> server.get("/slow"));
        }
    }

    @Test
    void holdNoMoreThanTheSlotsAndOthersAreRefusedOrServed() throws Exception {
        try (var server = new TestServer(CLIENTS + 10, LONG, this::endpoints)) {
            var clients = askAndNeverRead(server, CLIENTS);
            writers.await();

            var refused = server.get("/large");
            var served = server.get("/small");

            assertEquals(503, refused.statusCode());
            assertEquals("1", refused.headers().firstValue("retry-after").orElseThrow());
            assertEquals(200, served.statusCode());
            assertEquals(SLOTS, gates.get().running());
            assertTrue(
                    made.get() < SLOTS * ANSWER_BYTES / 4,
                    "made %d bytes that nobody read".formatted(made.get()));
            for (var client : clients) {
                client.close();
            }
            writing.arriveAndAwaitAdvance();
        }
    }

    @Test
    void slotsComeBackWhenClientsAreCutOff() throws Exception {
        try (var server = new TestServer(CLIENTS + 10, SHORT, this::endpoints)) {
            var clients = askAndNeverRead(server, SLOTS);
            writers.await();
            writing.arriveAndAwaitAdvance();

            awaitFreeSlots();
            assertEquals(SLOTS, server.registry.get("test.http.clients.cut").counter().count());
            for (var client : clients) {
                assertThrows(IOException.class, () -> readAll(client));
                client.close();
            }
        }
    }

    @Test
    void clientsThatNeverEndABodyAreCutOff() throws Exception {
        try (var server = new TestServer(CLIENTS + 10, SHORT, this::endpoints);
                var client = server.connect()) {
            client.getOutputStream()
                    .write(
                            "POST /note HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nno"
                                    .getBytes(UTF_8));

            assertTrue(isClosed(client));
            assertEquals(1, server.registry.get("test.http.clients.cut").counter().count());
        }
    }

    @Test
    void slotsComeBackWhenClientsGo() throws Exception {
        try (var server = new TestServer(CLIENTS + 10, LONG, this::endpoints)) {
            var clients = askAndNeverRead(server, SLOTS);
            writers.await();

            for (var client : clients) {
                client.close();
            }
            writing.arriveAndAwaitAdvance();

            awaitFreeSlots();
        }
    }

    @Test
    void requestsSentAheadAreNotAnsweredWhileNothingIsRead() throws Exception {
        try (var server = new TestServer(CLIENTS, LONG, this::endpoints);
                var client = server.connect()) {
            for (int request = 0; request < AHEAD; request++) {
                TestServer.ask(client, "/block");
            }
            assertEquals(200, server.get("/small").statusCode());
            assertTrue(client.getInputStream().read() >= 0);

            assertTrue(
                    made.get() < (long) AHEAD * AT_HAND_BYTES / 4,
                    "made %d bytes that nobody read".formatted(made.get()));
        }
    }

    @Test
    void requestsSentAheadAreAllAnsweredOnceTheyAreRead() throws Exception {
        try (var server = new TestServer(CLIENTS, LONG, this::endpoints);
                var client = server.connect()) {
            for (int request = 0; request < AHEAD; request++) {
                TestServer.ask(client, "/block");
            }
            var in = client.getInputStream();
            in.skipNBytes((long) AHEAD * AT_HAND_BYTES);

            assertEquals((long) AHEAD * AT_HAND_BYTES, made.get());
        }
    }

    @Test
    void makeRoomForOthersAmongTheConnectionsWhenTheyAreIdle() throws Exception {
        try (var server = new TestServer(2, LONG, this::endpoints)) {
            var busy = server.connect();
            TestServer.ask(busy, "/large");
            assertTrue(busy.getInputStream().read() >= 0);
            var idle = server.connect();
            TestServer.ask(idle, "/small");
            assertTrue(idle.getInputStream().readNBytes(12).length > 0);

            assertEquals(200, server.get("/small").statusCode());

            assertTrue(isClosed(idle), "the idle connection was closed");
            assertTrue(busy.getInputStream().read() >= 0, "the busy one was not");
            assertTrue(server.metric("test.http.connections") <= 2);
            busy.close();
            idle.close();
        }
    }

    @Test
    void makeRoomForOthersWhenTheirBodiesDoNotEnd() throws Exception {
        try (var server = new TestServer(3, LONG, this::endpoints)) {
            var busy = server.connect();
            TestServer.ask(busy, "/large");
            assertTrue(busy.getInputStream().read() >= 0);
            var longest = beginToSend(server);
            var later = beginToSend(server);

            assertEquals(200, server.get("/small").statusCode());

            assertTrue(isClosed(longest), "the one that has been sending for longest was closed");
            assertEquals(1, server.registry.get("test.http.clients.cut").counter().count());
            later.getOutputStream().write("te".getBytes(UTF_8));
            assertEquals("HTTP/1.1 200", start(later));
            assertTrue(busy.getInputStream().read() >= 0, "nor was the busy one");
            busy.close();
            longest.close();
            later.close();
        }
    }

    /** A client for the rest of whose body the server waits. */
    private static Socket beginToSend(TestServer server) throws IOException {
        var client = server.connect();
        client.getOutputStream()
                .write(
                        "POST /note HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\nno"
                                .getBytes(UTF_8));
        assertEquals("HTTP/1.1 100", start(client));
        client.getInputStream().readNBytes(" Continue\r\n\r\n".length());
        return client;
    }

    private static String start(Socket client) throws IOException {
        return new String(client.getInputStream().readNBytes("HTTP/1.1 200".length()), UTF_8);
    }

    /** Cut off: what is left ends before all of the answer. */
    private static void readAll(Socket client) throws IOException {
        var in = client.getInputStream();
        var block = new byte[BLOCK];
        var last = new StringBuilder();
        for (int read = in.read(block); read >= 0; read = in.read(block)) {
            last.setLength(0);
            last.append(new String(block, Math.max(0, read - 5), Math.min(5, read), UTF_8));
        }
        if (!last.toString().equals("0\r\n\r\n")) {
            throw new IOException("the answer ended too early");
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            var _ = socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** The slot is given back right after the writer has ended. */
    private void awaitFreeSlots() {
        while (gates.get().running() > 0) {
            Thread.onSpinWait();
        }
    }

    private static List<Socket> askAndNeverRead(TestServer server, int count) throws IOException {
        var clients = new ArrayList<Socket>();
        for (int client = 0; client < count; client++) {
            var socket = server.connect();
            TestServer.ask(socket, "/large");
            clients.add(socket);
        }
        return clients;
    }
}
