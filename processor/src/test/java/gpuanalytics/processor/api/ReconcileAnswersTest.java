package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ledger beside a bill; the one of the tests has 12.500001 USD, all of it known. */
class ReconcileAnswersTest {

    private static final String HOUR = "from=2026-01-31T11:00:00Z&to=2026-01-31T12:00:00Z";

    private static final String FILE =
            """
            ChargePeriodStart,ChargePeriodEnd,BillingCurrency,BilledCost
            2026-01-31T11:00:00Z,2026-01-31T12:00:00Z,USD,10.5
            2026-01-31T11:30:00Z,2026-01-31T12:30:00Z,USD,8
            2026-01-31T11:30:00Z,2026-01-31T12:30:00Z,EUR,8
            """;

    @Test
    void aFileIsSummedUpForTheTimeThatIsAskedFor() throws Exception {
        try (var running = new RunningApi()) {
            var answer = running.post("/reconcile?" + HOUR, FILE, "content-type", "text/csv");
            var reconciled = json(answer).path("reconciled");
            var file = reconciled.path("bill_file");

            assertEquals(14.5, reconciled.path("bill_usd").asDouble());
            assertEquals(1.999999, reconciled.path("difference_usd").asDouble());
            assertEquals("FOCUS", file.path("format").asText());
            assertEquals("BilledCost", file.path("cost_column").asText());
            assertEquals(2, file.path("lines_counted").asInt());
            assertEquals(1, file.path("lines_cut").asInt());
            assertEquals(1, file.path("lines_refused").asInt());
            assertEquals(
                    "BillingCurrency is not USD: 1, the first in line 4: BillingCurrency is EUR",
                    file.path("refused").get(0).asText());
            assertEquals("2026-01-31T12:30:00Z", file.path("to").asText());
        }
    }

    @Test
    void aNumberAndAFileOfThatSumAreTheSame() throws Exception {
        try (var running = new RunningApi()) {
            var number = json(running.get("/reconcile?bill=14.5&" + HOUR)).path("reconciled");
            var file = json(running.post("/reconcile?" + HOUR, FILE)).path("reconciled");

            for (var member : number.properties()) {
                assertEquals(
                        member.getValue().asText(),
                        file.path(member.getKey()).asText(),
                        member.getKey());
            }
        }
    }

    @Test
    void itsOwnExportIsTheBill() throws Exception {
        try (var running = new RunningApi()) {
            var export = running.get("/exports/focus.csv?" + HOUR).body();
            var reconciled = json(running.post("/reconcile?" + HOUR, export)).path("reconciled");

            // four times 0.8333333333333333 and five times 1.25
            assertEquals(9.583333, reconciled.path("bill_usd").asDouble());
            assertEquals(11, reconciled.path("bill_file").path("lines_counted").asInt());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/csv",
                "text/csv; charset=utf-8",
                "application/gzip",
                "application/octet-stream",
                "application/x-www-form-urlencoded"
            })
    void whateverAClientCallsTheFileItIsRead(String contentType) {
        try (var running = new RunningApi()) {
            var answer = running.post("/reconcile?" + HOUR, FILE, "content-type", contentType);

            assertEquals(200, answer.statusCode(), answer.body());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                                 | day,usd                      | header is day, usd, expected CSV with a header and the columns of one of AWS CUR 2.0
                                 | BilledCost,ResourceId        | header is without ChargePeriodStart, expected that column in a file of FOCUS
                    cost=net     | ChargePeriodStart,BilledCost | cost is net, expected billed or effective
                    resource=i-1 | ChargePeriodStart,BilledCost | header is without ResourceId, expected that column in a file of FOCUS, for resource
                    bill=3       | ChargePeriodStart,BilledCost | bill is unknown
                    resource=    | ChargePeriodStart,BilledCost | resource is empty, expected at least 1 character
                    """)
    void whatIsMissingOrUnknownIsNamed(String question, String body, String detail)
            throws Exception {
        try (var running = new RunningApi()) {
            var target = "/reconcile?" + HOUR + (question == null ? "" : "&" + question);
            var answer = running.post(target, body);

            assertEquals(400, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains(detail), answer.body());
        }
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        assertEquals(200, answer.statusCode(), answer.body());
        return new ObjectMapper().readTree(answer.body());
    }
}
