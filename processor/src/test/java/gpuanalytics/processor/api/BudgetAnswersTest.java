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
import org.junit.jupiter.params.provider.ValueSource;

class BudgetAnswersTest {

    @Test
    void tellsHowEachBudgetStands() throws Exception {
        try (var running = new RunningApi()) {
            var answer = json(running.get("/budgets"));
            var search = answer.get("budgets").get(0);
            var bo = answer.get("budgets").get(1);

            assertEquals("ana", answer.get("by").asText());
            assertEquals("80.400001", search.get("spent_usd").asText());
            assertEquals("2026-01-01T00:00:00Z", search.get("period_start").asText());
            assertEquals("2026-02-01T00:00:00Z", search.get("period_end").asText());
            assertEquals(80, search.get("alerts").get(0).get("threshold_percent").asInt());
            assertTrue(bo.get("forecast_usd").isNull(), "nothing is known of the past");
            assertTrue(bo.get("team").isNull());
        }
    }

    @Test
    void whatIsPutStandsInPlaceOfWhatWas() throws Exception {
        try (var running = new RunningApi()) {
            var put =
                    running.put(
                            "/budgets",
                            "{\"budgets\": [{\"name\": \"all\", \"usd\": 9000}]}",
                            "from",
                            "bob@example.org");

            assertEquals(200, put.statusCode(), put.body());
            assertEquals("bob@example.org", json(put).get("by").asText());
            assertEquals(1, json(running.get("/budgets")).get("budgets").size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/budgets", "/prices"})
    void whatCurlCallsAFormIsReadAsTheJsonThatItIs(String path) throws Exception {
        try (var running = new RunningApi()) {
            var body = "{\"by\": \"ana\", \"budgets\": [], \"gpus\": 3}";
            var put = running.put(path, body, "content-type", "application/x-www-form-urlencoded");

            assertEquals(400, put.statusCode(), put.body());
            assertTrue(put.body().contains(" is unknown, expected one of "), put.body());
        }
    }

    @Test
    void everyFaultIsToldAndNothingIsPut() throws Exception {
        try (var running = new RunningApi()) {
            var body = "{\"budgets\": [{\"name\": \"a\", \"usd\": -1, \"period\": \"year\"}]}";
            var put = running.put("/budgets", body, "from", "ana");

            assertEquals(400, put.statusCode());
            assertEquals(
                    List.of(
                            "budgets[0].period is year, expected day or week or month",
                            "budgets[0].usd is -1, expected a number of USD from 0 to 1000000000"
                                    + " with at most 18 digits"),
                    json(put).get("errors").valueStream().map(JsonNode::asText).toList());
            assertEquals(2, json(running.get("/budgets")).get("budgets").size());
        }
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }
}
