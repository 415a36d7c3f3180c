package gpuanalytics.processor.api;

import static java.util.Comparator.comparingDouble;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.processor.letter.Letters;
import gpuanalytics.service.text.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What-if, budgets, rejects, and the pages of teams and models, as a person uses them. */
class DashboardPagesInChromiumTest extends BrowserTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Map<String, String> SIDE_BY_SIDE =
            Map.ofEntries(
                    Map.entry("GPUs", "/usd/gpus"),
                    Map.entry("Tokens", "/usd/tokens"),
                    Map.entry("Total", "/usd/total"),
                    Map.entry("Difference", "/usd/difference"),
                    Map.entry("Per M tokens", "/usd_per_million_tokens"),
                    Map.entry("Usage", "/tokens"),
                    Map.entry("Without price", "/unpriced_tokens"),
                    Map.entry("GPUs at a time", "/gpus/count"),
                    Map.entry("GPU time", "/gpus/hours"),
                    Map.entry("Claimed", "/gpus/utilization"),
                    Map.entry("Each", "/gpus/usd_per_hour"),
                    Map.entry("Break-even", "/break_even/tokens_per_hour"),
                    Map.entry("Busy then", "/break_even/utilization"));

    private static final Map<String, String> BUDGET =
            Map.of("May spend", "/usd", "Spent", "/spent_usd", "Forecast", "/forecast_usd");

    private static final Map<String, String> COST =
            Map.of(
                    "Attributed", "/usd/attributed",
                    "Idle", "/usd/idle",
                    "Total", "/usd/total",
                    "Per M tokens", "/usd_per_million_tokens",
                    "Energy", "/joules_per_token",
                    "Coverage", "/coverage");

    /** What is saved is kept in {@code window.saved} instead, as a promise of its text. */
    private static final String KEEP_WHAT_IS_SAVED =
            """
            URL.createObjectURL = (blob) => { window.saved = blob.text(); return "#"; };
            HTMLAnchorElement.prototype.click = () => undefined;
            """;

    @Test
    void whatIfPutsOtherFleetsAndModelsSideBySide() throws IOException {
        browser.open(address("/?view=whatif&as_gpus=8&as_speed=1.5&as_model=gpt-5&from=now-7d"));

        var target = call("Side by side", "/costs/what-if");
        assertEquals("/costs/what-if?from=now-7d&as_gpus=8&as_speed=1.5&as_model=gpt-5", target);
        var rows = tableOf("Side by side", "tbody");
        var expected = JSON.readTree(running.get(target).body()).get("rows");
        assertEquals(expected.size(), rows.size());
        for (int i = 0; i < rows.size(); i++) {
            assertRow(SIDE_BY_SIDE, expected.get(i), rows.get(i));
        }
        assertShown(expected.at("/0/usd/total"), "[data-tile='as it was'] strong data");

        type("as_gpus", "16");
        type("as_model", "gpt-4o");
        submit();
        browser.until("document.querySelectorAll('form .chip').length === 2");
        assertEquals(
                "?view=whatif&from=now-7d&as_gpus=16&as_speed=1.5&as_model=gpt-5&as_model=gpt-4o",
                browser.evaluate("location.search").asText());
        assertQuiet();
    }

    /** A browser has six connections to one address, for all of its tabs and all pages in them. */
    @Test
    void pagesThatNobodySeesHoldNoConnection() throws Exception {
        for (int i = 0; i < 8; i++) {
            browser.open(address(i % 2 == 0 ? "/?view=budgets" : "/?view=rejects"));
        }
        awaitStreams(1);

        var tabs = new ArrayList<String>();
        for (int i = 0; i < 7; i++) {
            var tab = browser.openTab(address("/?view=budgets"));
            tabs.add(tab);
            Waiting.until("its page", LIMIT, () -> browser.titleOf(tab).startsWith("Budgets"));
        }
        browser.until("document.visibilityState === 'hidden'");
        awaitStreams(1);

        tabs.forEach(browser::closeTab);
        browser.until("document.visibilityState === 'visible'");
        browser.until("document.body.dataset.live === 'live'");
        awaitStreams(1);
    }

    private void awaitStreams(int open) throws Exception {
        Waiting.until(
                open + " streams",
                LIMIT,
                () ->
                        running.get("/metrics")
                                .body()
                                .contains(
                                        "processor_http_work_running{work=\"stream\"} "
                                                + open
                                                + ".0\n"));
    }

    @Test
    void whatCannotBeAskedIsToldInTheApisOwnWords() {
        browser.open(address("/?view=whatif&as_gpus=none"));

        browser.until(
                "document.querySelector('.failure:not([hidden])')?.textContent.startsWith('as_gpus"
                        + " is none, expected a whole number')");
    }

    @Test
    void budgetsSayWhatIsSpentAndArePut() throws IOException {
        browser.open(address("/?view=budgets"));

        var expected = JSON.readTree(running.get("/budgets").body()).get("budgets");
        var rows = tableOf("Budgets", "tbody");
        assertEquals(expected.size(), rows.size());
        for (var budget : expected) {
            assertRow(BUDGET, budget, found(rows, nameOf(budget.get("name"))));
        }
        assertTrue(browser.text().contains("80 % reached"), browser.text());

        type("name", "<b>new</b>");
        type("team", "ads");
        type("usd", "12.5");
        type("thresholds", "50, 100");
        type("by", "ana");
        submit();
        browser.until("document.querySelector('form [role=status]').textContent === 'Kept.'");
        browser.until("document.querySelectorAll('tbody tr').length === 3");
        var put = JSON.readTree(running.get("/budgets").body());
        assertEquals("ana", put.get("by").asText());
        assertEquals(
                "{\"name\":\"<b>new</b>\",\"team\":\"ads\",\"user\":null,\"model\":null,\"project\":null,\"period\":\"month\",\"usd\":12.5,\"thresholds_percent\":[50,100]",
                put.get("budgets").get(2).toString().replaceFirst(",\"period_start.*", ""));

        browser.evaluate("document.querySelector('[aria-label=\"Remove bo\"]').click()");
        browser.until("document.querySelectorAll('tbody tr').length === 2");
        assertQuiet();
    }

    @Test
    void aBudgetThatIsRefusedSaysWhy() {
        browser.open(address("/?view=budgets"));
        type("name", "none");
        type("usd", "much");
        type("by", "ana");

        submit();

        browser.until(
                "document.querySelector('form [role=status]').textContent.startsWith('Not kept:"
                        + " ')");
        assertTrue(browser.text().contains("usd is much"), browser.text());
        assertEquals(2, tableOf("Budgets", "tbody").size());
    }

    @Test
    void rejectsSayWhyAndShowWhatTheyHold() throws IOException {
        browser.open(address("/?view=rejects"));

        var expected = JSON.readTree(running.get("/rejects?limit=200").body()).get("rejects");
        var rows = tableOf("Rejected, the latest", "tbody");
        assertEquals(expected.size(), rows.size());
        for (int i = 0; i < rows.size(); i++) {
            assertRow(Map.of("Size", "/value_bytes"), expected.get(i), rows.get(i));
            assertEquals(expected.get(i).get("reason"), rows.get(i).get("name"));
        }
        assertTrue(browser.text().contains("token.usage.v1/3/41 item 2"), browser.text());
        assertTrue(browser.text().contains("door http"), browser.text());

        browser.evaluate("document.querySelector('tbody button').click()");
        browser.until("document.querySelector('section[aria-label=\"One rejected record\"]')");
        assertTrue(
                browser.text()
                        .contains(
                                "curl -sS http://127.0.0.1:4318/v1/events"
                                        + " -H 'content-type: application/json'"
                                        + " --data-raw '<script>window.taken = 3</script>'"),
                browser.text());
        assertTrue(browser.evaluate("window.taken === undefined").asBoolean());
        assertQuiet();
    }

    /** What is sent again was written by others, and curl reads files where it is told to. */
    @ParameterizedTest
    @CsvSource({"'@/etc/passwd', true", "'a\u001b[201~b', false"})
    void whatIsOfferedForSendingAgainIsHarmless(String value, boolean isOffered) {
        var usual = FakeLetters.TWO.getFirst();
        running.letters.newest =
                _ -> new Letters.Newest(List.of(FakeLetters.withValue(usual, value)), 1);
        browser.open(address("/?view=rejects"));

        browser.evaluate("document.querySelector('tbody button').click()");
        browser.until("document.querySelector('section[aria-label=\"One rejected record\"]')");

        assertEquals(isOffered, browser.text().contains("--data-raw '" + value + "'"));
        assertEquals(isOffered, browser.text().contains("curl"));
        assertFalse(browser.text().contains("\u001b"));
        assertQuiet();
    }

    @ParameterizedTest
    @CsvSource({"team,model", "team,user", "team,project", "model,team", "model,user"})
    void thePageOfATeamOrModelSaysWhatTheApiSays(String what, String parts) throws IOException {
        browser.open(address("/?view=" + what + "&" + what + "=%3Cb%3E,x"));

        var target = call("Cost by " + parts, "/costs");
        assertTrue(target.contains(what + "=%22%3Cb%3E%2Cx%22"), target);
        var answer = JSON.readTree(running.get(target).body());
        var rows = tableOf("Cost by " + parts, "tbody");
        assertEquals(answer.get("rows").size(), rows.size());
        for (var row : answer.get("rows")) {
            assertRow(COST, row, found(rows, nameOf(row.get(parts))));
        }
        assertRow(COST, answer.get("totals"), tableOf("Cost by " + parts, "tfoot").get(0));
        assertShown(answer.at("/totals/usd/total"), "[data-tile='In this time'] strong data");
        assertShown(
                answer.at("/totals/usd_per_million_output_tokens"),
                "[data-tile='USD per million output'] strong data");
        assertQuiet();
    }

    private static String nameOf(JsonNode name) {
        return name.isNull() ? "none" : Printable.of(name.asText());
    }

    @Test
    void aTeamAndAModelAreOneStepFromTheFirstPage() {
        browser.open(address("/?from=now-7d"));
        follow("Teams", "search");
        browser.until("document.querySelector('section[aria-label=\"Team search\"] .tile')");
        assertEquals(
                "?view=team&from=now-7d&team=search", browser.evaluate("location.search").asText());

        browser.evaluate("history.back()");
        browser.until("document.querySelector('section[aria-label=Models] tbody tr')");
        follow("Models", "日本語 עברית");
        browser.until("document.querySelector('section[aria-label=\"Model 日本語 עברית\"] .tile')");
        assertQuiet();
    }

    /**
     * What did a team cost last week, and which GPU is wasted most; others are answered at once.
     */
    @Test
    void aStrangersQuestionsAreAnsweredWithinTwoSteps() throws IOException {
        browser.open(address("/"));
        assertTrue(browser.text().contains("all parts work"), browser.text());
        var models = JSON.readTree(running.get(call("Models", "/costs")).body()).get("rows");
        var shown = tableOf("Models", "tbody");
        for (var model : models) {
            assertRow(COST, model, found(shown, nameOf(model.get("model"))));
        }

        follow("Teams", "search");
        browser.until("document.querySelector('section[aria-label=\"Team search\"] .tile')");
        choose(0, "now-7d");
        browser.until("location.search.includes('from=now-7d')");
        browser.until("document.querySelector('section[aria-label=\"Team search\"] .tile')");
        var cost = call("Team search", "/costs");
        assertTrue(cost.contains("from=now-7d"), cost);
        assertShown(
                JSON.readTree(running.get(cost).body()).at("/totals/usd/total"),
                "[data-tile='In this time'] strong data");

        browser.open(address("/"));
        browser.evaluate(
                "[...document.querySelectorAll('nav a')].find((link) => link.textContent ==="
                        + " 'Waste').click()");
        browser.until("document.querySelector('section[aria-label=\"Waste by team\"] tbody tr')");
        choose(1, "gpu");
        browser.until("document.querySelector('section[aria-label=\"Waste by gpu\"] tbody tr')");
        var rows = JSON.readTree(running.get(call("Waste by gpu", "/waste")).body()).get("rows");
        var most =
                rows.valueStream()
                        .max(comparingDouble(row -> row.at("/idle/usd").asDouble()))
                        .orElseThrow();
        assertEquals(
                nameOf(most.get("gpu")), tableOf("Waste by gpu", "tbody").at("/0/name").asText());
        assertQuiet();
    }

    /** Chooses from the list of that place above the view. */
    private void choose(int place, String value) {
        browser.evaluate(
                "{const by = document.querySelectorAll('.controls select')[%d]; by.value = '%s';"
                                .formatted(place, value)
                        + " by.dispatchEvent(new Event('change'))}");
    }

    private void follow(String panel, String name) {
        browser.evaluate(
                "[...document.querySelectorAll('section[aria-label=\"%s\"] tbody a')].find((link) => link.textContent === '%s').click()"
                        .formatted(panel, name));
    }

    @Test
    void whyASumIsLowerThanTheBillIsAskedUnderIt() {
        browser.open(address("/?team=search"));

        browser.evaluate("document.querySelector('details.why summary').click()");

        browser.until("document.querySelector('details.why').open");
        assertTrue(browser.text().contains("of the GPUs' time is told by samples"));
        assertTrue(browser.text().contains("Only what fits team is counted"));
        assertTrue(browser.text().contains("nobody told what it did"), browser.text());
    }

    @ParameterizedTest
    @CsvSource({"budgets,Budgets,search", "pipeline,Parts,store", "pipeline,Events by topic,''"})
    void everyTableIsSavedAsCsv(String view, String panel, String first) {
        browser.open(address("/?view=" + view));
        browser.evaluate(KEEP_WHAT_IS_SAVED);

        browser.evaluate(
                "document.querySelector('button[aria-label=\"%s as CSV\"]').click()"
                        .formatted(panel));

        var csv = browser.evaluate("window.saved").asText();
        var rows = tableOf(panel, "tbody");
        assertEquals(rows.size() + 1, csv.lines().count(), csv);
        if (!first.isEmpty()) {
            assertTrue(csv.lines().toList().get(1).startsWith(first + ","), csv);
        }
        assertQuiet();
    }

    @Test
    void aNameIsNoFormulaInASavedTable() {
        browser.open(address("/?view=budgets"));
        browser.evaluate(KEEP_WHAT_IS_SAVED);
        type("name", "=1+1, \"x\"");
        type("usd", "0.1");
        type("by", "ana");
        submit();
        browser.until("document.querySelectorAll('tbody tr').length === 3");

        browser.evaluate("document.querySelector('button[aria-label=\"Budgets as CSV\"]').click()");

        var csv = browser.evaluate("window.saved").asText();
        assertTrue(csv.contains("\r\n\"'=1+1, \"\"x\"\"\",everything,"), csv);
        assertTrue(csv.contains(",0.1,"), csv);
    }

    private void type(String name, String text) {
        browser.evaluate(
                "document.querySelector('form [name=%s]').value = %s"
                        .formatted(name, JSON.valueToTree(text)));
    }

    private void submit() {
        browser.evaluate("document.querySelector('form').requestSubmit()");
    }
}
