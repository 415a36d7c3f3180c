package gpuanalytics.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.embedded.testing.Waiting;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /placement/rehearsals}, over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RehearsalApiTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private PlacementServer server;

    @TempDir Path directory;

    @BeforeAll
    void start() {
        server = new PlacementServer(Map.of("REHEARSAL_MAX_SEEDS", "5"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static JsonNode ended(PlacementServer asked, String path) throws Exception {
        var answer = new AtomicReference<JsonNode>();
        Waiting.until(
                () -> "the end of " + answer.get(),
                LIMIT,
                () -> {
                    answer.set(JSON.readTree(asked.get(path).body()));
                    return List.of("done", "failed").contains(answer.get().path("status").asText());
                });
        return answer.get();
    }

    private static String location(HttpResponse<String> answer) {
        assertEquals(202, answer.statusCode(), answer.body());
        return answer.headers().firstValue("location").orElseThrow();
    }

    @Test
    void anOrderedRehearsalIsDoneAndToldInEveryForm() throws Exception {
        var path =
                location(
                        server.order(
                                """
                                {"source": "example", "policies": ["fgd-best-fit", "best-fit"],
                                 "seeds": 3, "ties": "random", "price_per_hour_usd": 2}\
                                """));
        var done = ended(server, path);

        assertEquals("done", done.path("status").asText(), done::toString);
        assertEquals(List.of(), ApiDocument.own().errors("Rehearsal", done.toString()));
        assertEquals(6, done.path("runs_ended").asInt());
        assertEquals(131, done.at("/policies/0/curves/fragmented_pct").size());
        assertEquals(done.path("shown_nodes").size(), done.at("/policies/1/fills").size());
        // what is freed costs the same at every hour of a month
        double gpus = done.at("/policies/0/freed_gpus/mean").asDouble();
        double usd = done.at("/policies/0/freed_usd_per_month/mean").asDouble();
        assertEquals(gpus * 2 * 730, usd, 0.001 * 2 * 730);
        assertEquals(0, done.at("/policies/1/freed_usd_per_month/mean").asDouble());
        assertTrue(done.path("stranded").size() > 0);
        assertTrue(done.at("/stranded/0/team").isTextual());

        var csv = server.get(path + "/curves.csv").body().lines().toList();
        assertEquals(1 + 2 * 131, csv.size());
        var svg = server.get(path + "/curves.svg");
        assertEquals("image/svg+xml", svg.headers().firstValue("content-type").orElseThrow());
        assertEquals(4, elements(svg.body(), "polyline"));
        assertTrue(server.get("/placement/rehearsals").body().contains(done.path("id").asText()));
        assertTrue(server.get("/metrics").body().contains("placement_rehearsals_seconds_count"));
    }

    private static int elements(String xml, String name) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName(name)
                .getLength();
    }

    @Test
    void nodesAndPodsOfTheBodyAreReplayedAndBadRowsAreTold() throws Exception {
        var order =
                JSON.createObjectNode()
                        .put(
                                "nodes_csv",
                                """
                                sn,cpu_milli,memory_mib,gpu,model
                                <b>&,8000,9000,4,T4
                                """)
                        .put(
                                "pods_csv",
                                """
                                num_gpu,memory_mib,cpu_milli,team
                                1,10,100,<i>
                                1,10,many,x
                                """)
                        .put("seeds", 1);
        order.putArray("policies").add("random");
        var done = ended(server, location(server.order(order.toString())));

        assertEquals("done", done.path("status").asText(), done::toString);
        assertEquals("inline", done.path("source").asText());
        assertEquals(1, done.path("dropped_rows").asInt());
        assertEquals(
                "pods_csv line 3: cpu_milli is many, expected a whole number from 0 to 10000000",
                done.at("/dropped/0").asText());
        assertEquals("<b>&", done.at("/shown_nodes/0/node").asText());
        assertTrue(done.at("/policies/0/freed_gpus/sd").isMissingNode(), "one seed has none");
        assertTrue(done.at("/policies/0/freed_usd_per_month").isMissingNode(), "no price");
        assertTrue(done.at("/missing/0").asText().startsWith("no prices: "), done::toString);
    }

    @Test
    void whatIfChangesTheNodes() throws Exception {
        var path =
                location(
                        server.order(
                                """
                                {"policies": ["best-fit"], "seeds": 1, "what_if": {
                                 "replace_gpus": ["T4=A10"], "remove_nodes": ["2:A100x8"],
                                 "add_nodes": ["3:H200x8:192000:2097152"]}}\
                                """));
        var done = ended(server, path);
        var models = new HashSet<String>();
        done.path("shown_nodes").forEach(node -> models.add(node.path("model").asText()));

        assertEquals(61, done.at("/cluster/nodes").asInt(), done::toString);
        assertTrue(models.contains("H200") && models.contains("A10") && !models.contains("T4"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{;body is no JSON, expected one JSON object",
                "[];body is [], expected a JSON object",
                "{\"polices\": []};polices is unknown, expected one of source,",
                "{\"policies\": []};policies is empty, expected some of",
                "{\"policies\": [\"best\"]};policies is best, expected one of",
                "{\"policies\": [\"fgd\", \"fgd\"]};policies is fgd twice, expected each once",
                "{\"policies\": [\"fgd\"], \"present\": \"random\"};present is random, expected one"
                        + " of policies",
                "{\"seeds\": 6};seeds is 6, expected a whole number from 1 to 5",
                "{\"seeds\": \"2\"};seeds is \"2\", expected a number",
                "{\"ties\": \"none\"};ties is none, expected first or random",
                "{\"source\": \"elsewhere\"};source is elsewhere, expected inline, example or"
                        + " cluster",
                "{\"source\": \"cluster\"};source is cluster, expected inline or example",
                "{\"nodes_csv\": \"a\"};nodes_csv is there and pods_csv is absent, expected both",
                "{\"nodes_csv\": \"a\", \"pods_csv\": \"b\"};nodes_csv line 1: column cpu_milli is"
                        + " missing",
                "{\"what_if\": {\"add_nodes\": [\"A100x8\"]}};what_if.add_nodes is A100x8, expected"
                        + " COUNT:MODELxGPUS",
                "{\"what_if\": {\"add_nodes\": [\"1:X9x8\"]}};what-if node is X9x8, expected a kind"
                        + " that there is",
                "{\"what_if\": {\"remove_nodes\": [\"9999:T4\"]}};what-if removal of nodes with T4"
                        + " is 9999, expected at most",
                "{\"what_if\": {\"replace_gpus\": [\"T9=T4\"]}};what-if model is T9, expected a GPU"
                        + " model that a node has: ",
                "{\"what_if\": {\"add_nodes\": [\"90000:A100x8\"]}};nodes are 90060, expected at"
                        + " most 10000",
                "{\"price_per_hour_usd\": -1};price_per_hour_usd is -1, expected a number from 0 to"
                        + " 10000"
            })
    void aBadOrderIsOneLine(String body, String expected) throws Exception {
        var answer = server.order(body);

        assertEquals(400, answer.statusCode(), answer.body());
        var detail = JSON.readTree(answer.body()).path("detail").asText();
        assertTrue(detail.startsWith(expected), detail);
    }

    @Test
    void whatIsNotKeptOrNotDoneIsSaid() throws Exception {
        assertEquals(404, server.get("/placement/rehearsals/none").statusCode());
        assertEquals(404, server.get("/placement/rehearsals/none/curves.svg").statusCode());
    }

    @Test
    void moreThanMayWaitIsRefusedAndWhatTakesTooLongIsGivenUp() throws Exception {
        var variables =
                Map.of(
                        "REHEARSAL_MAX_WAITING", "1",
                        "REHEARSAL_TIMEOUT_S", "1",
                        "REHEARSAL_MAX_SEEDS", "1000",
                        "REHEARSAL_MAX_DECISIONS", "1000000000");
        var order = "{\"seeds\": 1000, \"what_if\": {\"add_nodes\": [\"400:A100x8\"]}}";
        try (var busy = new PlacementServer(variables)) {
            var first = location(busy.order(order));
            var refused = busy.order(order);
            for (int more = 0; more < 20 && refused.statusCode() == 202; more++) {
                refused = busy.order(order);
            }

            assertEquals(503, refused.statusCode(), refused.body());
            assertTrue(refused.headers().firstValue("retry-after").isPresent());
            assertTrue(refused.body().contains("1 rehearsals wait, which is the limit"));
            assertEquals(409, busy.get(first + "/curves.svg").statusCode());
            var given = ended(busy, first);
            assertEquals(
                    "it has run for 1 s, expected at most that", given.path("failure").asText());
        }
    }

    @Test
    void whatWouldTakeTooManyDecisionsIsRefused() throws Exception {
        try (var small = new PlacementServer(Map.of("REHEARSAL_MAX_DECISIONS", "1000"))) {
            var answer = small.order("{}");

            assertEquals(400, answer.statusCode());
            assertTrue(
                    answer.body().contains("seeds x policies x requests is 10 x 8 x "),
                    answer.body());
        }
    }

    @Test
    void onlyWhoMayOrdersAndABodyHasALimit() throws Exception {
        var tokens = Files.writeString(directory.resolve("tokens"), "secret-token\n");
        var variables =
                Map.of("HTTP_TOKENS_FILE", tokens.toString(), "REHEARSAL_MAX_BYTES", "1024");
        try (var guarded = new PlacementServer(variables)) {
            assertEquals(401, guarded.order("{}").statusCode());
            assertEquals(
                    403, guarded.order("{}", "origin", "http://elsewhere.example").statusCode());
            var authorization = new String[] {"authorization", "Bearer secret-token"};
            assertEquals(202, guarded.order("{\"seeds\": 1}", authorization).statusCode());
            assertEquals(413, guarded.order(" ".repeat(2000), authorization).statusCode());
        }
    }
}
