package gpuanalytics.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import gpuanalytics.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Prometheus that scrapes a run as it would its pods. */
record Prometheus(Process process, HttpClient client, int port) implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/bin/prometheus");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new YAMLMapper(new YAMLFactory());

    static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    static Prometheus start(Path directory, LocalPipeline pipeline) throws Exception {
        for (var name : List.of("alarms", "recordings")) {
            var rule = YAML.readTree(GrafanaDashboards.MONITORING.resolve(name + ".yaml").toFile());
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
                                pipeline.processor().httpPort(), pipeline.producer().httpPort()));
        int port = Ports.free();
        var process =
                new ProcessBuilder(
                                PROGRAM.toString(),
                                "--config.file=" + directory.resolve("prometheus.yaml"),
                                "--storage.tsdb.path=" + directory.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("prometheus.log").toFile())
                        .start();
        return new Prometheus(process, HttpClient.newHttpClient(), port);
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
