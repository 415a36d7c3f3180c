package gpuanalytics.placement.extender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.placement.extender.ExtenderConfig.Weights;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.HttpListener;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.HttpSettings;
import gpuanalytics.service.http.Routes;
import gpuanalytics.service.kubernetes.JsonItem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The JSON of extender/v1 as schedulers write it, over HTTP. */
@Timeout(120)
class ExtenderWireTest {

    /** As kube-scheduler 1.34 sends it: Go's names, and the pod's own as the API has them. */
    private static final String CAPITALISED =
            """
            {"Pod":{"metadata":{"name":"train-0","namespace":"team-a","uid":"6f0a","resourceVersion":"812",
              "creationTimestamp":"2026-11-28T10:00:00Z","annotations":{"alibabacloud.com/gpu-card-model":"T4"},
              "managedFields":[{"manager":"kubectl","operation":"Update"}]},
             "spec":{"containers":[{"name":"main","image":"train:1","resources":{
               "limits":{"alibabacloud.com/gpu-milli":"500","cpu":"4"},
               "requests":{"alibabacloud.com/gpu-milli":"500","cpu":"4","memory":"8Gi"}}}],
              "schedulerName":"default-scheduler","priority":0},
             "status":{"phase":"Pending","qosClass":"Burstable"}},
             "Nodes":null,"NodeNames":["gpu-1","gpu-2","gone"]}
            """;

    /** As older schedulers and the documentation have it. */
    private static final String SMALL =
            """
            {"pod":{"metadata":{"name":"train-0","namespace":"team-a","uid":"6f0a"},
             "spec":{"containers":[{"name":"main","resources":{"requests":{"nvidia.com/gpu":"1"}}}]}},
             "nodenames":["gpu-1","gpu-2"]}
            """;

    private static final String WITH_NODES =
            """
            {"Pod":{"metadata":{"name":"train-0","namespace":"team-a","uid":"6f0a"},
             "spec":{"containers":[{"name":"main","resources":{"requests":{"nvidia.com/gpu":"1"}}}]}},
             "Nodes":{"metadata":{},"items":[
               {"metadata":{"name":"gpu-2","labels":{"zone":"b"}},"status":{"allocatable":{"cpu":"4"}}},
               {"metadata":{"name":"gone"}}]},
             "NodeNames":null}
            """;

    private final List<String> bound = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Given given;
    private HttpListener listener;

    @BeforeEach
    void open() {
        given =
                new Given(
                        (namespace, name, uid, node, gpus) -> {
                            bound.add(
                                    "%s/%s %s on %s: %d"
                                            .formatted(namespace, name, uid, node, gpus));
                            return node.equals("gpu-2") ? "the API answers 404: no such pod" : "";
                        },
                        Given.node("gpu-1", 2),
                        Given.node("gpu-2", 2));
        var metrics = new HttpMetrics(registry, "placement");
        listener =
                HttpListener.start(
                        HttpSettings.read(new EnvironmentReader(Map.of("HTTP_PORT", "0")), 0),
                        Routes.of(
                                ExtenderEndpoints.of(
                                        given.extender,
                                        Given.config(Weights.AS_REHEARSED),
                                        registry,
                                        metrics)),
                        metrics);
    }

    @AfterEach
    void close() {
        listener.close();
    }

    private String asked(String path, String body) throws IOException, InterruptedException {
        var answer =
                client.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:%d%s"
                                                        .formatted(listener.port(), path)))
                                .header("content-type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        return answer.body();
    }

    private String got(String path, int status) throws IOException, InterruptedException {
        var answer =
                client.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:%d%s"
                                                        .formatted(listener.port(), path)))
                                .build(),
                        BodyHandlers.ofString());
        assertEquals(status, answer.statusCode(), answer.body());
        return answer.body();
    }

    @Test
    void capitalisedNamesAreAnsweredByCapitalisedOnes() throws Exception {
        assertEquals(
                "{\"NodeNames\":[\"gpu-1\",\"gpu-2\"],\"FailedNodes\":{\"gone\":\"the node is not"
                        + " known to the placement program\"},\"Error\":\"\"}",
                asked("/scheduler/filter", CAPITALISED));
        assertEquals(
                "[{\"Host\":\"gpu-1\",\"Score\":10},{\"Host\":\"gpu-2\",\"Score\":0},"
                        + "{\"Host\":\"gone\",\"Score\":0}]",
                asked("/scheduler/prioritize", CAPITALISED));
        assertEquals(
                "{\"Error\":\"\"}",
                asked(
                        "/scheduler/bind",
                        """
                        {"PodName":"train-0","PodNamespace":"team-a","PodUID":"6f0a","Node":"gpu-1"}
                        """));
        assertEquals(List.of("team-a/train-0 6f0a on gpu-1: 1"), bound);
    }

    @Test
    void smallNamesAreAnsweredBySmallOnes() throws Exception {
        assertEquals(
                "{\"nodeNames\":[\"gpu-1\",\"gpu-2\"],\"failedNodes\":{},\"error\":\"\"}",
                asked("/scheduler/filter", SMALL));
        assertEquals(
                "[{\"host\":\"gpu-1\",\"score\":10},{\"host\":\"gpu-2\",\"score\":0}]",
                asked("/scheduler/prioritize", SMALL));
        assertEquals(
                "{\"error\":\"the API answers 404: no such pod\"}",
                asked(
                        "/scheduler/bind",
                        """
                        {"podName":"train-0","podNamespace":"team-a","podUID":"6f0a","node":"gpu-2"}
                        """));
    }

    @Test
    void wholeNodesAreAnsweredByWholeNodes() throws Exception {
        assertEquals(
                "{\"Nodes\":{\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"gpu-2\",\"labels\":"
                    + "{\"zone\":\"b\"}},\"status\":{\"allocatable\":{\"cpu\":\"4\"}}}]},\"FailedNodes\":{\"gone\":\"the"
                    + " node is not known to the placement program\"},\"Error\":\"\"}",
                asked("/scheduler/filter", WITH_NODES));
    }

    @Test
    void resourceClaimsAreRefusedOnEveryNode() throws Exception {
        var claims =
                CAPITALISED.replace(
                        "\"schedulerName\"",
                        "\"resourceClaims\":[{\"name\":\"g\"}],\"schedulerName\"");

        var answer = JsonItem.parse(asked("/scheduler/filter", claims).getBytes(UTF_8));

        var failed = answer.item("FailedAndUnresolvableNodes");
        assertEquals(3, failed.members().size());
        assertTrue(failed.text("gpu-1").startsWith("the pod has spec.resourceClaims"));
        assertEquals("", answer.text("Error"));
        assertEquals("[]", asked("/scheduler/prioritize", claims));
    }

    @Test
    void whatCannotBeReadIsAnErrorInTheBody() throws Exception {
        for (var bad : List.of("", "[]", "{\"Pod\":", "{}", "{\"Pod\":{}}")) {
            for (var verb : List.of("filter", "bind")) {
                var answer = asked("/scheduler/" + verb, bad);
                var error = JsonItem.parse(answer.getBytes(UTF_8)).text("Error");
                assertTrue(error.contains("expected"), answer);
            }
            assertEquals("[]", asked("/scheduler/prioritize", bad));
        }
        assertEquals(
                "{\"Error\":\"pod a/b was not asked about, expected filter or prioritize before"
                        + " bind\"}",
                asked(
                        "/scheduler/bind",
                        "{\"PodName\":\"b\",\"PodNamespace\":\"a\",\"PodUID\":\"c\",\"Node\":\"n\"}"));
    }

    @Test
    void whyAPodWentWhereItWentIsAnswered() throws Exception {
        asked("/scheduler/filter", CAPITALISED);
        asked("/scheduler/prioritize", CAPITALISED);

        var answer =
                JsonItem.parse(got("/placement/explain?pod=team-a/train-0", 200).getBytes(UTF_8));

        assertEquals("promised", answer.text("outcome"));
        assertEquals("gpu-1", answer.text("node"));
        assertEquals("0", answer.text("gpus"));
        assertEquals("3", answer.text("nodes_asked"));
        assertEquals("500", answer.text("request", "gpu_milli"));
        assertEquals("T4", answer.text("request", "models"));
        assertEquals("none: no model serves this workload", answer.text("forecast"));
        for (var node : answer.items("best")) {
            double sum = 0;
            for (var part : node.item("parts").members().keySet()) {
                sum += Double.parseDouble(node.text("parts", part));
            }
            assertEquals(Double.parseDouble(node.text("total")), sum, 1e-9);
        }
        assertTrue(got("/placement/explain?pod=team-a/other", 404).contains("team-a/other"));
        assertTrue(got("/placement/explain", 400).contains("a namespace and a name"));
    }
}
