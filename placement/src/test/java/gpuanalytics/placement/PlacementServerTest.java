package gpuanalytics.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.JavaProcess;
import gpuanalytics.embedded.testing.Waiting;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The program as a server, in a process of its own. */
class PlacementServerTest {

    private static HttpResponse<String> get(int port, String path) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(
                                    URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                            .timeout(Duration.ofSeconds(30))
                            .build();
            return client.send(request, BodyHandlers.ofString());
        }
    }

    private static int port(JavaProcess process) throws Exception {
        var said = Pattern.compile("HTTP .*port=\"?(\\d+)");
        var found = new AtomicInteger();
        Waiting.until(
                () -> "its port in " + process.output(),
                Duration.ofMinutes(1),
                () -> {
                    var words = said.matcher(String.join("\n", process.output()));
                    if (words.find()) {
                        found.set(Integer.parseInt(words.group(1)));
                    }
                    return found.get() > 0 || !process.isAlive();
                });
        return found.get();
    }

    @Test
    void answersUntilItIsToldToEnd() throws Exception {
        try (var process =
                JavaProcess.start(
                        PlacementMain.class,
                        List.of(),
                        List.of("serve"),
                        Map.of("HTTP_PORT", "0"))) {
            int port = port(process);

            assertEquals(200, get(port, "/health/ready").statusCode());
            assertTrue(get(port, "/metrics").body().contains("placement_http_connections"));
            assertTrue(get(port, "/placement/policies").body().contains("\"fgd-best-fit\""));
            var models = get(port, "/placement/models").body();
            assertTrue(models.contains("\"target\":\"peak_memory_mib\""), models);
            assertTrue(models.contains("\"serves\":false"), models);
            var none = get(port, "/nothing");
            assertEquals(404, none.statusCode());
            assertTrue(none.body().contains("/placement/policies"), none.body());
            process.interrupt();
            process.awaitExit(Duration.ofMinutes(1));
        }
    }

    @Test
    void aWrongConfigurationIsALineForEachError() throws Exception {
        try (var process =
                JavaProcess.start(
                        PlacementMain.class,
                        List.of(),
                        List.of("serve", "--check-config"),
                        Map.of("HTTP_PORT", "many", "HTTP_MAX_CONNECTIONS", "0"))) {
            assertEquals(2, process.awaitExit(Duration.ofMinutes(1)));
            assertEquals(
                    List.of(
                            "HTTP_PORT is many, expected a whole number from 0 to 65535",
                            "HTTP_MAX_CONNECTIONS is 0, expected a whole number from 1 to 100000"),
                    process.output());
        }
    }
}
