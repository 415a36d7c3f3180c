package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Grafana's dashboards, as the files of Kubernetes have them. */
final class GrafanaDashboards {

    static final Path MONITORING = Path.of("../k8s/components/monitoring");

    private static final ObjectMapper JSON = new ObjectMapper();

    private GrafanaDashboards() {}

    record Query(String panel, String expression) {}

    static List<JsonNode> dashboards() throws IOException {
        var dashboards = new ArrayList<JsonNode>();
        try (Stream<Path> files = Files.list(MONITORING.resolve("dashboards"))) {
            for (var file : files.sorted().toList()) {
                dashboards.add(JSON.readTree(file.toFile()));
            }
        }
        assertEquals(3, dashboards.size());
        return dashboards;
    }

    static List<Query> queries() throws IOException {
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
}
