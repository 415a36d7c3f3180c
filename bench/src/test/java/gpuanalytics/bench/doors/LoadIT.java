package gpuanalytics.bench.doors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole loads: broker, store, processor and doors in processes of their own. */
@Timeout(300)
final class LoadIT {

    private static final Pattern KILLED = Pattern.compile("([0-9]+) doors killed");

    @TempDir Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int run(String options) {
        var out = new PrintStream(printed, true, UTF_8);
        return LoadMain.run(options.split(" "), out, out);
    }

    private String printed() {
        return printed.toString(UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"grpc,", "events,--kafka-away 3s"})
    void whatWasAcknowledgedIsStoredOnceThoughDoorsAreKilled(String door, String trouble) {
        int status =
                run(
                        "--calls 1500 --spans 8 --rate 400 --doors 2 --kill-every 1s --door %s --dir %s %s"
                                .formatted(
                                        door,
                                        directory.resolve("load"),
                                        trouble == null ? "" : trouble)
                                .strip());
        assertEquals(0, status, this::printed);
        var kills = KILLED.matcher(printed());
        assertTrue(kills.find() && Integer.parseInt(kills.group(1)) > 0, this::printed);
        assertTrue(printed().contains("stored:       12,000 requests"), this::printed);
        assertEquals(trouble != null, printed().contains("Kafka away for 3 s"), this::printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdk-grpc", "sdk-http"})
    void theSdksOwnExportersNeedNoSpecialSetting(String door) {
        int status =
                run(
                        "--calls 150 --spans 8 --doors 1 --door %s --dir %s"
                                .formatted(door, directory.resolve("load")));
        assertEquals(0, status, this::printed);
        assertTrue(printed().contains("stored:       1,200 requests"), this::printed);
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
