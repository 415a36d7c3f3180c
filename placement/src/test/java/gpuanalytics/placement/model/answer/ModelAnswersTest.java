package gpuanalytics.placement.model.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.placement.http.TestRequests;
import gpuanalytics.placement.model.ModelKeeper;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.http.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelAnswersTest {

    private final Clock clock = Clock.fixed(Instant.parse("2026-03-02T00:00:00Z"), ZoneOffset.UTC);
    private final ModelSettings settings = ModelSettings.defaults();
    private final ObservationStore store = new ObservationStore(100, clock);
    private final ModelKeeper keeper = new ModelKeeper(store, settings, clock);
    private final List<Endpoint> endpoints =
            new ModelAnswers(keeper, store, settings).endpoints(Intake.OPEN);

    private JsonNode ask(String path, String body) throws Exception {
        var endpoint =
                endpoints.stream().filter(each -> each.path().equals(path)).findFirst().get();
        var answer = endpoint.responder().respond(TestRequests.json(body));
        assertEquals(200, answer.status());
        return new ObjectMapper().readTree(((Body.Bytes) answer.body()).bytes());
    }

    private ProblemException refused(String body) {
        return assertThrows(ProblemException.class, () -> ask("/placement/feedback", body));
    }

    private static String feedback(String members) {
        return """
        {"observations": [{"pod": "p-1", "namespace": "ml", "workload": "chat",
         "from": "2026-03-01T10:00:00Z", "to": "2026-03-01T11:00:00+00:00" %s}]}
        """
                .formatted(members);
    }

    @Test
    void saysOfEachTargetWhatServesOrWhyNothingDoes() throws Exception {
        var models = ask("/placement/models", "");

        assertEquals(0.9, models.path("nominal_coverage").asDouble());
        assertEquals(4, models.path("targets").size());
        var first = models.path("targets").get(0);
        assertEquals("p95_utilization", first.path("target").asText());
        assertFalse(first.path("serves").asBoolean());
        assertEquals("2026-03-02T00:00:00Z", first.path("since").asText());
        assertEquals("nothing was trained yet", first.path("why").asText());
        assertTrue(first.path("model").isNull() && first.path("last_day").isNull());
    }

    @Test
    void takesWhatReallyHappenedOnce() throws Exception {
        var body = feedback(", \"p95_utilization\": 0.4, \"peak_memory_mib\": null");

        assertEquals(
                "{\"new\":1,\"repeated\":0,\"replaced\":0,\"too_old\":0}",
                ask("/placement/feedback", body).toString());
        assertEquals(1, ask("/placement/feedback", body).path("repeated").asInt());
        var seen = store.all().getFirst();
        assertEquals(0.4, seen.outcome().p95Utilization());
        assertEquals(null, seen.outcome().peakMemoryMib());
        assertEquals(1, ask("/placement/models", "").path("observations").asInt());
    }

    @Test
    void whatCannotBeUsedIsNamedAndNothingOfItIsTaken() {
        assertEquals(
                "observations[0]: p95_utilization is 1.5, expected a number from 0.0 to 1.0",
                refused(feedback(", \"p95_utilization\": 1.5")).getMessage());
        assertEquals(
                "observations[0]: energy_j is \"1\", expected a number",
                refused(feedback(", \"energy_j\": \"1\"")).getMessage());
        assertTrue(
                String.valueOf(refused(feedback(", \"power\": 1")).getMessage())
                        .startsWith("observations[0]: power is unknown, expected one of pod, "));
        assertEquals(
                "observations[1]: to is 2026-03-03T00:00:00Z, expected not after now,"
                        + " 2026-03-02T00:00:00Z",
                refused(
                                feedback("")
                                        .replace(
                                                "]}",
                                                """
                                                , {"pod": "p-2", "namespace": "ml",
                                                 "workload": "chat",
                                                 "from": "2026-03-02T23:00:00Z",
                                                 "to": "2026-03-03T00:00:00Z"}]}
                                                """))
                        .getMessage());
        assertEquals(
                "observations is missing, expected a list of at most 5000",
                refused("{}").getMessage());
        assertEquals(
                "body is not JSON at line 1, expected an object with observations",
                refused("{").getMessage());
        assertEquals(400, refused("{").problem().status());
        assertEquals(0, store.size());
    }
}
