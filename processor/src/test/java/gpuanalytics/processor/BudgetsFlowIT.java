package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.store.StoreLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** From a usage to a threshold: topic, ledger, price book and budget, with two processors. */
final class BudgetsFlowIT {

    private static final String BUDGETS =
            """
            {"by": "ana", "budgets": [
              {"name": "search", "team": "search", "usd": 3, "thresholds_percent": [80, 100]},
              {"name": "others", "team": "others", "usd": 3, "period": "day"}]}
            """;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @Test
    void aTeamThatSpendsFourFifthsOfItsBudgetIsToldOfOnce() throws Exception {
        try (var fixture =
                        PipelineFixture.withTopics()
                                .with("PRICES_FILE", "example")
                                .with("BUDGETS_INTERVAL_S", "1");
                var one = Processor.start(fixture.config());
                var other = Processor.start(fixture.config())) {
            assertEquals(200, send(request(one).PUT(BodyPublishers.ofString(BUDGETS))).status());
            var usage =
                    """
                    {"ts": "%s", "model": "gpt-4o", "team": "search", "request_id": "r1",
                     "prompt_tokens": 1000000, "completion_tokens": 1}
                    """
                            .formatted(Instant.now());
            fixture.send(EventTopic.TOKEN_USAGE, 0, usage.getBytes(UTF_8));
            fixture.flush();

            Waiting.until(
                    "the threshold",
                    PipelineFixture.LIMIT,
                    () -> !budget(other, 0).getList("alerts", Document.class).isEmpty());

            var search = budget(other, 0);
            assertEquals("2.50001", String.valueOf(search.get("spent_usd")));
            assertEquals(true, search.getBoolean("priced"));
            assertEquals(
                    80,
                    search.getList("alerts", Document.class)
                            .getFirst()
                            .getInteger("threshold_percent"));
            assertEquals(0, budget(other, 1).getList("alerts", Document.class).size());
            assertEquals(
                    1,
                    fixture.database().getCollection(StoreLayout.BUDGET_ALERTS).countDocuments());
        }
    }

    private static Document budget(Processor processor, int index) throws Exception {
        var answer = send(request(processor).GET());
        assertEquals(200, answer.status(), answer.body());
        return Document.parse(answer.body()).getList("budgets", Document.class).get(index);
    }

    private record Answer(int status, String body) {}

    private static Answer send(HttpRequest.Builder request) throws Exception {
        var answer = HTTP.send(request.build(), BodyHandlers.ofString());
        return new Answer(answer.statusCode(), answer.body());
    }

    private static HttpRequest.Builder request(Processor processor) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/budgets".formatted(processor.httpPort())));
    }
}
