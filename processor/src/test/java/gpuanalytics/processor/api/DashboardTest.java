package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.processor.dashboard.PipelineState;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page at / is made of, as a plain client gets it. */
@Timeout(60)
class DashboardTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER =
            Path.of("src/main/resources/gpuanalytics/processor/dashboard");
    private static final String OPEN = "processor_http_work_running{work=\"stream\"} 1";
    private static final int MAX_BYTES_COMPRESSED = 250_000;

    @Test
    void everyFileIsServedWithItsTypeAndLoadsNothingButServedFiles() throws IOException {
        try (var running = new RunningApi()) {
            for (var path : paths()) {
                var answer = running.get(path);

                assertEquals(200, answer.statusCode(), path);
                assertEquals(mediaType(path), header(answer, "content-type"), path);
                for (var reference : references(path, answer.body())) {
                    assertEquals(200, running.get(reference).statusCode(), path + ": " + reference);
                }
            }
        }
    }

    @Test
    void allOfThePageIsSmall() throws IOException {
        try (var running = new RunningApi()) {
            var bytes = new ByteArrayOutputStream();
            for (var path : paths()) {
                try (var file = new GZIPOutputStream(bytes)) {
                    file.write(running.get(path).body().getBytes(UTF_8));
                }
            }

            assertTrue(bytes.size() < MAX_BYTES_COMPRESSED, () -> bytes.size() + " bytes");
        }
    }

    @Test
    void aFileThatTheClientHasIsNotSentAgain() throws IOException {
        try (var running = new RunningApi()) {
            for (var path : paths()) {
                var first = running.get(path);
                var tag = header(first, "etag");
                var again = running.get(path, "if-none-match", tag);
                var other = running.get(path, "if-none-match", "W/\"another\"");

                assertEquals(304, again.statusCode(), path);
                assertEquals("", again.body());
                assertEquals(tag, header(again, "etag"));
                assertEquals("no-cache", header(first, "cache-control"));
                assertEquals(first.body(), other.body());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dashboard/scripts/nothing.js",
                "/dashboard/scripts/index.html",
                "/dashboard/scripts/..%2Findex.html",
                "/dashboard/scripts/..%2F..%2F..%2F..%2Fopenapi.yaml",
                "/dashboard/styles/app.js",
                "/dashboard/scripts/",
                "/dashboard/",
                "/dashboard/index.html",
            })
    void nothingElseIsServed(String path) {
        try (var running = new RunningApi()) {
            assertEquals(404, running.get(path).statusCode());
        }
    }

    @Test
    void thePageMayRunNothingButItsOwnFiles() throws IOException {
        try (var running = new RunningApi()) {
            var page = running.get("/?view=cost&team=%3Cscript%3E");

            assertEquals(200, page.statusCode());
            assertEquals(
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                            + " img-src 'self'; base-uri 'none'; form-action 'none';"
                            + " frame-ancestors 'none'; require-trusted-types-for 'script';"
                            + " trusted-types 'none'",
                    header(page, "content-security-policy"));
            for (var path : paths()) {
                var text = running.get(path).body();
                assertFalse(text.contains("http://") && path.equals("/"), path);
                assertFalse(
                        text.matches(
                                "(?s).*(innerHTML|outerHTML|insertAdjacent|document[.]write|\\beval\\().*"),
                        path);
                if (path.equals("/")) {
                    assertFalse(text.matches("(?s).*(<style| style=| on[a-z]+=|<script>).*"));
                }
            }
        }
    }

    @Test
    void tellsTheStateEverySecondAndWhenAnswersHaveChanged() throws Exception {
        try (var running = new RunningApi();
                var events = new Events(running)) {
            var first = events.next("state");
            assertEquals(List.of(), OpenApi.load().errorsOf("PipelineState", first), first);
            var state = JSON.readTree(first);
            assertEquals(9, state.get("received").asLong());
            assertTrue(state.get("lag").isNull());
            assertTrue(state.get("drain_s").isNull());
            assertEquals("ok", state.at("/health/status").asText());

            events.next("state");
            running.counts = new PipelineState.Counts(10, 6, 3, 1, 7, 13);

            assertEquals(13, JSON.readTree(events.next("changed")).get("writes").asLong());
            assertEquals(7, JSON.readTree(events.next("state")).get("lag").asLong());
        }
    }

    @Test
    void aShutdownEndsTheStreams() throws Exception {
        var running = new RunningApi();
        try (var events = new Events(running)) {
            events.next("state");

            running.api.close();

            assertNull(events.after("state"));
        } finally {
            running.close();
        }
    }

    @Test
    void whoLeavesMakesRoomForAnother() throws Exception {
        try (var running = new RunningApi(HttpConfigs.withStreams(1))) {
            try (var events = new Events(running)) {
                events.next("state");
                assertEquals(503, running.get("/stream").statusCode());
            }
            while (running.get("/metrics").body().contains(OPEN)) {
                Thread.onSpinWait();
            }
            try (var events = new Events(running)) {
                events.next("state");
            }
        }
    }

    /** A page's stream as it is read. */
    private static final class Events implements AutoCloseable {
        private final InputStream body;
        private final BufferedReader lines;

        Events(RunningApi running) throws IOException, InterruptedException {
            body =
                    running.client()
                            .send(
                                    running.request("GET", "/stream").build(),
                                    BodyHandlers.ofInputStream())
                            .body();
            lines = new BufferedReader(new InputStreamReader(body, UTF_8));
        }

        /** The data of the next event of this name. */
        String next(String name) throws IOException {
            var data = after(name);
            if (data == null) {
                throw new IOException("the stream ended before " + name);
            }
            return data;
        }

        /** The same; null where the stream ends first. */
        @Nullable String after(String name) throws IOException {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("event: " + name)) {
                    return lines.readLine().substring("data: ".length());
                }
            }
            return null;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** Those of the folder, of the charts and the page itself. */
    private static List<String> paths() throws IOException {
        var paths = new TreeSet<>(List.of("/"));
        try (var files = Files.walk(FOLDER)) {
            files.filter(Files::isRegularFile)
                    .map(
                            file ->
                                    "/dashboard/"
                                            + FOLDER.relativize(file).toString().replace('\\', '/'))
                    .filter(path -> !path.endsWith("index.html"))
                    .forEach(paths::add);
        }
        paths.add("/dashboard/scripts/uplot.js");
        paths.add("/dashboard/styles/uplot.css");
        return List.copyOf(paths);
    }

    private static List<String> references(String path, String text) {
        var pattern =
                path.equals("/") ? "(?:src|href)=\"(/dashboard/[^\"]*)\"" : "from \"[.]/([^\"]+)\"";
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(
                        found ->
                                path.equals("/")
                                        ? found.group(1)
                                        : "/dashboard/scripts/" + found.group(1))
                .toList();
    }

    private static String mediaType(String path) {
        var type =
                switch (path.substring(path.lastIndexOf('.') + 1)) {
                    case "js" -> "text/javascript";
                    case "css" -> "text/css";
                    case "svg" -> "image/svg+xml";
                    default -> "text/html";
                };
        return type + "; charset=utf-8";
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow();
    }
}
