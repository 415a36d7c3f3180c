package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceAnswersTest {

    private static final String L4 =
            """
            {"gpus": [{"model": "NVIDIA L4",
                       "prices": [{"usd_per_hour": 0.75, "effective_from": "2026-01-01"}]}]%s}
            """;

    @Test
    void tellsThePricesOfAMoment() throws Exception {
        try (var running = new RunningApi()) {
            var now = json(running.get("/prices"));
            var then = json(running.get("/prices?at=2025-05-31"));

            assertEquals("2026-01-31T12:00:30Z", now.get("at").asText());
            assertEquals("6.88", usdPerHour(now, "NVIDIA H100 80GB HBM3"));
            assertEquals("12.29", usdPerHour(then, "NVIDIA H100 80GB HBM3"));
            assertEquals(
                    "NVIDIA H100 80GB HBM3", now.get("gpu_aliases").get("H100-SXM5-80GB").asText());
            assertEquals("gpt-4o", now.get("model_aliases").get("gpt-4o-20*").asText());
            assertEquals(now.get("version"), then.get("version"));
        }
    }

    @Test
    void theHistoryHasEveryPriceInTheOrderOfTheLists() throws Exception {
        try (var running = new RunningApi()) {
            put(running, L4.formatted(", \"by\": \"ana\""));

            var history = json(running.get("/prices?history=true"));
            var l4 =
                    history.get("gpus")
                            .valueStream()
                            .filter(price -> price.get("model").asText().equals("NVIDIA L4"))
                            .toList();

            assertTrue(history.get("at").isNull());
            assertEquals(2, l4.size());
            assertTrue(l4.getFirst().get("by").isNull());
            assertEquals("ana", l4.getLast().get("by").asText());
            assertEquals("2026-01-31T12:00:30Z", l4.getLast().get("created_at").asText());
            assertEquals("put:1", l4.getLast().get("list").asText());
        }
    }

    @Test
    void whoPutsAListIsInTheBodyOrInTheHeaderFrom() throws Exception {
        try (var running = new RunningApi()) {
            var inBody = put(running, L4.formatted(", \"by\": \"ana\""), "from", "bob@example.org");
            var inHeader = put(running, L4.formatted(""), "from", "bob@example.org");
            var nowhere = running.put("/prices", L4.formatted(""));

            assertEquals("ana", inBody.get("by").asText());
            assertEquals("bob@example.org", inHeader.get("by").asText());
            assertEquals(400, nowhere.statusCode());
            assertEquals(
                    "by is absent, expected who puts this, in 1 to 100 characters: here or in the"
                            + " header From",
                    json(nowhere).get("detail").asText());
        }
    }

    @Test
    void everyFaultOfABodyIsToldAtOnce() throws Exception {
        try (var running = new RunningApi()) {
            var body =
                    """
                    {"by": 7, "gpus": [{"model": "L4", "prices": [{"usd_per_hour": -3}]}], "more": 1}
                    """;
            var problem = json(running.put("/prices", body));

            assertEquals(400, problem.get("status").asInt());
            assertEquals(
                    List.of(
                            "more is unknown, expected one of gpus, models, by",
                            "by is a number, expected a text",
                            "gpus[0].prices[0].usd_per_hour is -3, expected a number of USD from 0"
                                    + " to 1000000 with at most 18 digits",
                            "gpus[0].prices[0].effective_from is absent, expected a date such as"
                                    + " 2026-01-31 or a time with its zone such as"
                                    + " 2026-01-31T12:30:00Z"),
                    problem.get("errors").valueStream().map(JsonNode::asText).toList());
            assertEquals(
                    "more is unknown, expected one of gpus, models, by (and 3 more)",
                    problem.get("detail").asText());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    at=yesterday              | at
                    at=now&history=true       | at
                    history=1                 | history
                    history=true&history=true | history
                    """)
    void aQuestionThatMakesNoSenseIsRefused(String query, String parameter) throws Exception {
        try (var running = new RunningApi()) {
            var answer = running.get("/prices?" + query);

            assertEquals(400, answer.statusCode());
            assertEquals(parameter, json(answer).get("parameter").asText());
        }
    }

    private static JsonNode put(RunningApi running, String body, String... headers)
            throws IOException {
        var answer = running.put("/prices", body, headers);
        assertEquals(200, answer.statusCode(), answer.body());
        return json(answer);
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }

    private static String usdPerHour(JsonNode prices, String gpu) {
        return prices.get("gpus")
                .valueStream()
                .filter(price -> price.get("model").asText().equals(gpu))
                .findFirst()
                .orElseThrow()
                .get("usd_per_hour")
                .asText();
    }
}
