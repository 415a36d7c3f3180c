package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.local.demo.DemoConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Grafana's dashboards: as its model has them, and by a Prometheus that scrapes a real run. */
class GrafanaIT {

    private static final Path MONITORING = Path.of("../k8s/components/monitoring");
    private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper(new YAMLFactory());
    private static final int COLUMNS = 24;

    /** What the panels are by, of those that Grafana brings along. */
    private static final List<String> TYPES = List.of("stat", "timeseries", "bargauge");

    private record Query(String panel, String expression) {}

    private static List<JsonNode> dashboards() throws IOException {
        var dashboards = new ArrayList<JsonNode>();
        try (Stream<Path> files = Files.list(MONITORING.resolve("dashboards"))) {
            for (var file : files.sorted().toList()) {
                dashboards.add(JSON.readTree(file.toFile()));
            }
        }
        assertEquals(3, dashboards.size());
        return dashboards;
    }

    private static List<Query> queries() throws IOException {
        var queries = new ArrayList<Query>();
        for (var dashboard : dashboards()) {
            for (var panel : dashboard.get("panels")) {
                for (var target : panel.get("targets")) {
                    var name =
                            dashboard.get("title").asText() + " / " + panel.get("title").asText();
                    queries.add(new Query(name, target.get("expr").asText()));
                }
            }
        }
        return queries;
    }

    @Test
    void dashboardsAreAsGrafanasModelHasThem() throws IOException {
        var uids = new HashSet<String>();
        for (var dashboard : dashboards()) {
            assertTrue(uids.add(dashboard.get("uid").asText()));
            assertTrue(dashboard.get("uid").asText().length() <= 40);
            assertTrue(dashboard.get("schemaVersion").asInt() >= 36);
            assertEquals("datasource", dashboard.at("/templating/list/0/name").asText());
            var ids = new HashSet<Integer>();
            var taken = new HashSet<List<Integer>>();
            for (var panel : dashboard.get("panels")) {
                assertTrue(ids.add(panel.get("id").asInt()));
                assertPanel(panel);
                assertPlaced(panel.get("gridPos"), taken);
            }
        }
    }

    private static void assertPanel(JsonNode panel) {
        assertTrue(TYPES.contains(panel.get("type").asText()), panel::toString);
        for (var text : List.of("title", "description")) {
            assertTrue(!panel.get(text).asText().isBlank(), panel::toString);
        }
        assertTrue(!panel.at("/fieldConfig/defaults/unit").asText().isBlank(), panel::toString);
        assertEquals("${datasource}", panel.at("/datasource/uid").asText());
        var names = new HashSet<String>();
        for (var target : panel.get("targets")) {
            assertTrue(names.add(target.get("refId").asText()), panel::toString);
            assertEquals("${datasource}", target.at("/datasource/uid").asText());
        }
    }

    /** No panel lies over another or beyond the edge. */
    private static void assertPlaced(JsonNode place, Set<List<Integer>> taken) {
        int right = place.get("x").asInt() + place.get("w").asInt();
        assertTrue(right <= COLUMNS, place::toString);
        for (int x = place.get("x").asInt(); x < right; x++) {
            for (int y = 0; y < place.get("h").asInt(); y++) {
                assertTrue(taken.add(List.of(x, place.get("y").asInt() + y)), place::toString);
            }
        }
    }

    @Test
    void everyPanelHasDataOfARealRun(@TempDir Path directory) throws Exception {
        assumeTrue(
                Files.isExecutable(PROMETHEUS),
                "no Prometheus is installed (apt-get install prometheus)");
        var variables = new HashMap<>(DemoConfig.variables());
        variables.put("DEMO_S", "15");
        // A quarter of the day's events: a panel has data by what kinds there are, not by how many.
        variables.put("FLEET_INTERVAL_S", "120");
        variables.put("RATE", "0.4");
        variables.put("FIGURES_INTERVAL_S", "2");
        var options = LocalOptions.parse(List.of("--demo", "--port", "0"));
        try (var pipeline =
                LocalPipeline.start(options, LocalConfig.fromEnvironment(variables), variables)) {
            pipeline.produce();
            try (var prometheus = Prometheus.start(directory, pipeline)) {
                assertTrue(pipeline.evening().orElseThrow().awaitDone(LIMIT));
                var queries = queries();
                var missing = new ArrayList<Query>();
                try {
                    Waiting.until(
                            () -> "data of " + missing,
                            LIMIT,
                            () -> {
                                // All are asked only once the one waited for has data: each
                                // question takes its time from the run that it waits for.
                                if (!missing.isEmpty()
                                        && !prometheus.hasData(missing.getFirst().expression())) {
                                    return false;
                                }
                                missing.clear();
                                for (var query : queries) {
                                    if (!prometheus.hasData(query.expression())) {
                                        missing.add(query);
                                    }
                                }
                                return missing.isEmpty();
                            });
                } finally {
                    System.out.printf(
                            "%d queries of Grafana's dashboards, without data: %s%n",
                            queries.size(), missing);
                }
                assertEquals(List.of(), prometheus.rulesThatFail());
            }
        }
    }

    /** A Prometheus that scrapes a run as it would its pods. */
    private record Prometheus(Process process, HttpClient client, int port)
            implements AutoCloseable {

        static Prometheus start(Path directory, LocalPipeline pipeline) throws Exception {
            for (var name : List.of("alarms", "recordings")) {
                var rule = YAML.readTree(MONITORING.resolve(name + ".yaml").toFile());
                YAML.writeValue(directory.resolve(name + ".yaml").toFile(), rule.get("spec"));
            }
            Files.writeString(
                    directory.resolve("prometheus.yaml"),
                    """
                    global: {scrape_interval: 1s, evaluation_interval: 1s}
                    rule_files: [alarms.yaml, recordings.yaml]
                    scrape_configs:
                    - job_name: app
                      static_configs:
                      - {targets: ['127.0.0.1:%d'], labels: {namespace: app, pod: processor-0}}
                      - {targets: ['127.0.0.1:%d'], labels: {namespace: app, pod: producers-0}}
                    """
                            .formatted(
                                    pipeline.processor().httpPort(),
                                    pipeline.producer().httpPort()));
            int port = freePort();
            var process =
                    new ProcessBuilder(
                                    PROMETHEUS.toString(),
                                    "--config.file=" + directory.resolve("prometheus.yaml"),
                                    "--storage.tsdb.path=" + directory.resolve("data"),
                                    "--web.listen-address=127.0.0.1:" + port)
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("prometheus.log").toFile())
                            .start();
            return new Prometheus(process, HttpClient.newHttpClient(), port);
        }

        private static int freePort() throws IOException {
            try (var socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        }

        boolean hasData(String expression) throws InterruptedException {
            var encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
            for (var sample : ask("query?query=" + encoded).at("/data/result")) {
                if (!sample.at("/value/1").asText().equals("NaN")) {
                    return true;
                }
            }
            return false;
        }

        List<String> rulesThatFail() throws InterruptedException {
            var failing = new ArrayList<String>();
            for (var group : ask("rules").at("/data/groups")) {
                for (var rule : group.get("rules")) {
                    if (!rule.get("health").asText().equals("ok")) {
                        failing.add(rule.toString());
                    }
                }
            }
            return failing;
        }

        private JsonNode ask(String what) throws InterruptedException {
            var address = URI.create("http://127.0.0.1:%d/api/v1/%s".formatted(port, what));
            try {
                var request = HttpRequest.newBuilder(address).build();
                return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
            } catch (IOException e) {
                return JSON.createObjectNode(); // it does not listen yet
            }
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
            client.shutdownNow();
        }
    }
}
