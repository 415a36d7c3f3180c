package gpuanalytics.bench.doors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole loads: broker, store, processor and doors in processes of their own. */
@Timeout(300)
final class LoadIT {

    private static final Pattern KILLED = Pattern.compile("([0-9]+) doors killed");

    /** What most of their time would go to else: the second compiler, threads of a collector. */
    private static final String SHORT_LIVED =
            "--jvm -XX:TieredStopAtLevel=1 --jvm -XX:+UseSerialGC";

    @TempDir Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int run(String options) {
        var out = new PrintStream(printed, true, UTF_8);
        return LoadMain.run(options.split(" "), out, out);
    }

    private String printed() {
        return printed.toString(UTF_8);
    }

    @Test
    void whatWasAcknowledgedIsStoredOnceThoughDoorsAreKilledAndKafkaIsAway() {
        int status =
                run(
                        "--calls 1500 --spans 8 --rate 400 --doors 2 --kill-every 1500ms --door events --kafka-away 3s --dir %s %s"
                                .formatted(directory.resolve("load"), SHORT_LIVED));
        assertStored(status, "12,000");
        assertDoorsWereKilled();
        assertTrue(printed().contains("Kafka away for 3 s"), this::printed);
    }

    private void assertStored(int status, String requests) {
        assertEquals(0, status, this::printed);
        assertTrue(
                printed().contains("stored:       %s requests".formatted(requests)), this::printed);
    }

    private void assertDoorsWereKilled() {
        var kills = KILLED.matcher(printed());
        assertTrue(kills.find() && Integer.parseInt(kills.group(1)) > 0, this::printed);
    }

    /** A door that says yes to all, before an interface that has always the same totals. */
    private static HttpServer server(String totals) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        exchange.getRequestBody().readAllBytes();
                        var body = "{\"totals\":%s}".formatted(totals).getBytes(UTF_8);
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        return server;
    }

    /** Processes that several loads share, as their start costs more than a load. */
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    final class OneAfterTheOther {

        private static final String DOORS = "--doors 2 ";

        @TempDir static Path shared;

        private OwnStack stack;

        private LoadOptions options(String line) {
            return LoadOptions.parse((DOORS + line).split(" "));
        }

        @BeforeAll
        void start() throws Exception {
            stack =
                    OwnStack.start(
                            options(
                                    "--dir %s %s --jvm -Xlog:gc:file=%s/%%p.gc"
                                            .formatted(shared, SHORT_LIVED, shared)));
        }

        /** The one that a load before has killed last may still start. */
        @BeforeEach
        void awaitDoors() throws Exception {
            for (var door : stack.doors()) {
                door.awaitReady();
            }
        }

        @AfterAll
        void stop() {
            stack.close();
        }

        private int run(String line) throws Exception {
            printed.reset();
            var out = new PrintStream(printed, true, UTF_8);
            return new LoadRun(options(line), out, out).on(stack);
        }

        @Test
        void whatWasAcknowledgedIsStoredOnceThoughDoorsAreKilled() throws Exception {
            assertStored(
                    run("--calls 1500 --spans 8 --rate 400 --kill-every 1s --door grpc"), "12,000");
            assertDoorsWereKilled();
            assertFalse(printed().contains("Kafka away"), LoadIT.this::printed);
        }

        @ParameterizedTest
        @ValueSource(strings = {"sdk-grpc", "sdk-http"})
        void theSdksOwnExportersNeedNoSpecialSetting(String door) throws Exception {
            assertStored(run("--calls 150 --spans 8 --door " + door), "1,200");
        }

        @Test
        void eachProcessHasTheOptionsThatAreSaid() {
            var processes = ProcessHandle.current().children().map(ProcessHandle::pid).toList();
            assertEquals(5, processes.size(), "broker, store, processor and two doors");
            for (var process : processes) {
                assertTrue(Files.exists(shared.resolve(process + ".gc")), process::toString);
            }
        }
    }

    @Test
    void totalsThatDifferAreNamedAndTheStatusIsOne() throws Exception {
        var server = server("{\"requests\":5,\"prompt_tokens\":6,\"completion_tokens\":7}");
        try {
            int port = server.getAddress().getPort();
            int status =
                    run(
                            "--calls 3 --spans 2 --door events --settle 100ms --targets 127.0.0.1:%d --api http://127.0.0.1:%d/"
                                    .formatted(port, port));
            assertEquals(1, status, this::printed);
            assertTrue(
                    printed().contains("totals differ: acknowledged 6 requests, "), this::printed);
            assertTrue(
                    printed().contains("stored 5 requests, 6 prompt and 7 completion tokens"),
                    this::printed);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aFolderThatNoLoadHasMadeIsNotEmptied() {
        assertEquals(1, run("--calls 1 --dir " + directory));
        assertTrue(printed().contains("--dir is " + directory), this::printed);
    }
}
