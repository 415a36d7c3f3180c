package gpuanalytics.processor.budget;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.service.config.EnvironmentReader;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetListTest {

    private static final int MANY = 10;

    @Test
    void readsBudgetsAndKeepsThemAsTheyAre() throws Exception {
        var body =
                """
                {"by": "ana", "budgets": [
                  {"name": "search", "team": "search", "usd": 1000.50},
                  {"name": "bo on gpt-4o", "user": "bo", "model": "gpt-4o", "project": "p", "period": "week",
                   "usd": 20, "thresholds_percent": [50, 90.0, 120]}]}
                """;

        var put = BudgetList.json(body.getBytes(UTF_8), MANY);

        assertEquals(Optional.of("ana"), put.by());
        assertEquals(
                List.of(
                        new Budget(
                                "search",
                                new SpendScope(
                                        Optional.of("search"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()),
                                Period.MONTH,
                                new BigDecimal("1000.50"),
                                List.of(80, 100)),
                        new Budget(
                                "bo on gpt-4o",
                                new SpendScope(
                                        Optional.empty(),
                                        Optional.of("bo"),
                                        Optional.of("gpt-4o"),
                                        Optional.of("p")),
                                Period.WEEK,
                                new BigDecimal("20"),
                                List.of(50, 90, 120))),
                put.budgets());
        assertEquals(put.budgets(), BudgetList.kept(BudgetList.tree(put.budgets())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    {}                                            | budgets is absent, expected a list, empty for no budgets
                    {"budgets": []}                               | nothing is wrong
                    {"budgets": [{"usd": 1}]}                     | budgets[0].name is absent, expected a name for the budget
                    {"budgets": [{"name": "a"}]}                  | budgets[0].usd is absent, expected a number of USD from 0 to 1000000000 with at most 18 digits
                    {"budgets": [{"name": "a", "usd": 1, "team": ""}]} | budgets[0].team is empty, expected a text, or none for all
                    {"budgets": [{"name": "a", "usd": 0}]}        | budgets[0].usd is 0, expected more than 0
                    {"budgets": [{"name": "a", "usd": 1, "period": "year"}]} | budgets[0].period is year, expected day or week or month
                    {"budgets": [{"name": "a", "usd": 1, "host": "n1"}]} | budgets[0].host is unknown, expected one of name, team, user, model, project, period, usd, thresholds_percent
                    {"budgets": [{"name": "a", "usd": 1, "thresholds_percent": [80, 50]}]} | budgets[0].thresholds_percent is [80,50], expected up to 10 whole numbers from 1 to 1000, each larger than the one before it
                    {"budgets": [{"name": "a", "usd": 1, "thresholds_percent": [0.5]}]} | budgets[0].thresholds_percent is [0.5], expected up to 10 whole numbers from 1 to 1000, each larger than the one before it
                    {"budgets": [{"name": "a", "usd": 1}, {"name": "a", "usd": 2}]} | budgets[1].name is a, expected another name for each budget
                    """)
    void everyFaultIsOneLine(String body, String fault) {
        assertEquals(List.of(fault), faults(body, MANY));
    }

    @Test
    void thereIsALimit() {
        assertEquals(
                List.of("budgets is 1 long, expected at most 0 (BUDGETS_MAX)"),
                faults("{\"budgets\": [{\"name\": \"a\", \"usd\": 1}]}", 0));
    }

    @ParameterizedTest
    @CsvSource({
        "DAY,   2026-03-01T00:00:00Z, 2026-03-02T00:00:00Z",
        "WEEK,  2026-02-23T00:00:00Z, 2026-03-02T00:00:00Z",
        "MONTH, 2026-03-01T00:00:00Z, 2026-04-01T00:00:00Z"
    })
    void aPeriodIsADayAWeekFromMondayOnOrAMonth(Period period, Instant start, Instant end) {
        assertEquals(start, period.start(Instant.parse("2026-03-01T13:00:00Z"))); // a Sunday
        assertEquals(end, period.end(start));
        assertEquals(start, period.start(start));
    }

    @Test
    void aShareIsReachedExactly() {
        var budget =
                new Budget(
                        "a",
                        new SpendScope(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        Period.DAY,
                        new BigDecimal("0.3"),
                        List.of());

        assertTrue(budget.isReached(80, new BigDecimal("0.240000")));
        assertFalse(budget.isReached(80, new BigDecimal("0.239999")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    http://127.0.0.1:9/x | hush | none
                    https://me:pass@h/x  |      | BUDGET_WEBHOOK_URL and BUDGET_WEBHOOK_SECRET: one of them is set, expected both or neither
                    ftp://me:pass@h/x    | hush | BUDGET_WEBHOOK_URL (not shown) is not a URL, expected http://… or https://…
                    http://h:65536/x     | hush | BUDGET_WEBHOOK_URL (not shown) is not a URL, expected http://… or https://…
                    http://a b           | hush | BUDGET_WEBHOOK_URL (not shown) is not a URL, expected http://… or https://…
                    """)
    void aWebhookIsCheckedAndNeverShown(String url, String secret, String error) {
        var reader =
                new EnvironmentReader(
                        Map.of(
                                "BUDGET_WEBHOOK_URL",
                                url,
                                "BUDGET_WEBHOOK_SECRET",
                                secret == null ? "" : secret));
        var config = BudgetConfig.read(reader);

        assertEquals(
                error.equals("none") ? List.of() : List.of(error), List.copyOf(reader.errors()));
        assertFalse(config.toString().contains("hush"));
    }

    private static List<String> faults(String body, int most) {
        try {
            BudgetList.json(body.getBytes(UTF_8), most);
            return List.of("nothing is wrong");
        } catch (RefusedListException e) {
            return e.faults();
        }
    }
}
