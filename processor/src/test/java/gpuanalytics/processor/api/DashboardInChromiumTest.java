package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.processor.dashboard.PipelineState;
import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.LatestSamples;
import gpuanalytics.processor.query.Readings;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.processor.query.TokenReport;
import gpuanalytics.service.text.Printable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard as a person sees it, over answers that are known. */
class DashboardInChromiumTest extends BrowserTest {

    /** Too narrow for tables of many columns, too wide for cards: there they scroll. */
    private static final int SCROLLED_WIDTH = 768;

    /**
     * The columns of tables, by the names of their panels, as pointers into a row of the answer.
     */
    private static final Map<String, Map<String, String>> COLUMNS =
            Map.of(
                    "Cost by team",
                    Map.of(
                            "Attributed", "/usd/attributed",
                            "Idle", "/usd/idle",
                            "Unknown", "/usd/unknown",
                            "Total", "/usd/total",
                            "Requests", "/requests",
                            "Input", "/prompt_tokens",
                            "Per M tokens", "/usd_per_million_tokens",
                            "Energy", "/joules_per_token",
                            "Used", "/gpu_s/attributed",
                            "Coverage", "/coverage"),
                    "Tokens by model",
                    Map.of(
                            "Requests", "/requests",
                            "Errors", "/errors",
                            "Input", "/prompt_tokens",
                            "Output", "/completion_tokens",
                            "Cached", "/cached_prompt_tokens",
                            "Reasoning", "/reasoning_tokens",
                            "Latency p50", "/latency_ms/p50",
                            "Latency p95", "/latency_ms/p95",
                            "First token p95", "/ttft_ms/p95",
                            "Rate", "/tokens_per_s"),
                    "Waste by team",
                    Map.of(
                            "Idle, USD", "/idle/usd",
                            "Idle", "/idle/gpu_s",
                            "Held", "/held_idle/gpu_s",
                            "Memory held", "/memory_held/gpu_s",
                            "Throttled", "/throttled/gpu_s",
                            "After XID", "/xid_idle/gpu_s",
                            "Busy, unclaimed", "/busy_unclaimed/gpu_s"),
                    "Models that could share GPUs",
                    Map.of(
                            "Free", "/gpus",
                            "They cost", "/usd",
                            "Memory together", "/mem_used_bytes",
                            "of", "/mem_total_bytes",
                            "Busy together", "/utilization"),
                    "GPUs",
                    Map.of(
                            "Utilisation", "/utilization",
                            "Memory", "/mem_used_bytes",
                            "Power", "/power_w",
                            "Temp.", "/temp_c",
                            "XID", "/xid"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cost   | Cost by team    | /costs
                    tokens | Tokens by model | /tokens
                    waste  | Waste by team   | /waste
                    waste  | Models that could share GPUs | /waste/sharing
                    fleet  | GPUs            | /gpu/info
                    """)
    void everyNumberOfATableIsThatOfTheApi(String view, String panel, String path)
            throws IOException {
        browser.open(address("/?view=" + view));

        var answer =
                JSON.readTree(
                        running.get(call(view.equals("fleet") ? "GPUs by host" : panel, path))
                                .body());
        var expected = new ArrayList<JsonNode>();
        answer.path(view.equals("fleet") ? "gpus" : "rows").forEach(expected::add);
        var rows = tableOf(panel, "tbody");
        assertEquals(expected.size(), rows.size());
        for (var row : expected) {
            assertRow(
                    COLUMNS.getOrDefault(panel, Map.of()),
                    row,
                    found(rows, nameOf(row, view, panel)));
        }
        if (answer.has("totals")) {
            assertRow(
                    COLUMNS.getOrDefault(panel, Map.of()),
                    answer.get("totals"),
                    tableOf(panel, "tfoot").get(0));
        }
        assertQuiet();
    }

    private static String nameOf(JsonNode row, String view, String panel) {
        var name =
                switch (view) {
                    case "tokens" -> row.get("model");
                    case "fleet" -> row.get("gpu");
                    default -> row.get(panel.startsWith("Models") ? "model" : "team");
                };
        return name.isNull() ? "none" : Printable.of(name.asText());
    }

    @Test
    void theOverviewSaysWhatTheApiSays() throws IOException {
        browser.open(address("/"));

        var answer = JSON.readTree(running.get("/costs?from=now-24h").body()).get("totals");
        assertShown(answer.at("/usd/total"), "[data-tile='In this time'] data");
        assertShown(
                answer.at("/usd_per_million_tokens"), "[data-tile='USD per million tokens'] data");
        assertShown(answer.at("/joules_per_token"), "[data-tile='Joules per token'] data");
        assertShown(answer.at("/coverage"), "[data-tile=Coverage] data.low");
        assertShown(answer.at("/requests"), "[data-tile=Requests] data");
        for (var part : List.of("attributed", "idle", "unknown", "total")) {
            assertShown(answer.at("/usd/" + part), "[data-sum=" + part + "] data");
        }
        assertShown(answer.at("/coverage"), "[data-sum=coverage] data.low");
        assertTrue(
                browser.text().contains("$9.0 k") || browser.text().contains("$8.97 k"),
                browser.text());
        browser.until(
                "document.querySelector('[data-line=pipeline]').textContent.includes('stored 5')");
        assertQuiet();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    In this time           | 2 | 3  | 0.5   | +50.0 %
                    In this time           | 4 | 3  | -0.25 | -25.0 %
                    Requests               | 2 | 4  | 1     | +100.0 %
                    Coverage               | 2 | 3  | -0.01 | -1.0 points
                    Idle share             | 2 | 3  | 0     | 0.0 points
                    USD per million tokens | 1 | 2  | 1     | +100.0 %
                    Joules per token       | 2 | 3  | 0.5   | +50.0 %
                    Requests               | 15| 3  | none  | none
                    """)
    void aNumberShowsHowItWent(String tile, int before, int now, String change, String shown) {
        running.ledger.costs = query -> DashboardData.wentFrom(before, now, query);
        browser.open(address("/"));

        var found = "document.querySelector(\"[data-tile='%s'] .%s\")";
        browser.until(found.formatted(tile, "spark") + " !== null");
        var changed = found.formatted(tile, "change");
        if (change.equals("none")) {
            // the span before is known too little
            assertTrue(browser.evaluate(changed + " === null").asBoolean());
        } else {
            assertEquals(
                    Double.parseDouble(change),
                    browser.evaluate("Number(" + changed + ".dataset.change)").asDouble(),
                    1e-9);
            assertEquals(shown, browser.evaluate(changed + ".textContent").asText());
        }
        var points =
                browser.evaluate(
                                "[...%s.querySelectorAll('polyline')].map((one) => one.getAttribute('points').split(' ').length).join()"
                                        .formatted(found.formatted(tile, "spark")))
                        .asText();
        // a step without a row parts the line, and one alone is a point
        assertEquals("2,2", points);
        assertQuiet();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "overview",
                "fleet",
                "cost",
                "tokens",
                "waste",
                "pipeline",
                "whatif&as_model=%3Cb%3E",
                "budgets",
                "rejects",
                "team&team=%3Cscript%3E",
                "model&model=%3Cb%3E",
                "gpu&gpu=%3Cscript%3E"
            })
    void namesAreTextsAndNothingIsWiderThanTheScreen(String view) throws IOException {
        for (int width : List.of(360, SCROLLED_WIDTH, 1280, 2560)) {
            browser.size(width, 900, width % 1280 == 0);
            browser.open(address("/?view=" + view));

            keepPicture(view.replaceFirst("&.*", "") + "-" + width);
            assertEquals(
                    0,
                    browser.evaluate(
                                    "document.querySelectorAll('main script, main img, main"
                                            + " b').length")
                            .asInt());
            assertTrue(browser.evaluate("window.taken === undefined").asBoolean());
            assertEquals(
                    "",
                    browser.evaluate(
                                    "[...document.querySelectorAll('.failure:not([hidden])')].map((one)"
                                        + " => one.textContent).join()")
                            .asText());
            assertTrue(
                    browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                            .asBoolean(),
                    view + " at " + width);
            if (width != SCROLLED_WIDTH) {
                assertEquals("", cutTables(), view + " at " + width);
            }
        }
        assertQuiet();
    }

    /** The names of the tables that are wider than where they are shown. */
    private String cutTables() {
        return browser.evaluate(
                        "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth"
                                + " > one.clientWidth).map((one) => one.ariaLabel).join()")
                .asText();
    }

    /** For whoever wants to look: -Ddashboard.screenshots=FOLDER. */
    private void keepPicture(String name) throws IOException {
        var folder = System.getProperty("dashboard.screenshots");
        if (folder != null) {
            Files.createDirectories(Path.of(folder));
            Files.write(Path.of(folder, name + ".png"), browser.screenshot());
        }
    }

    @Test
    void backAndForwardShowWhatWasShown() {
        browser.open(address("/"));
        browser.evaluate(
                "[...document.querySelectorAll('nav a')].find((link) => link.textContent ==="
                        + " 'Cost').click()");
        browser.until("document.querySelector('section[aria-label=\"Cost by team\"] tbody tr')");
        browser.evaluate(
                "{const by = document.querySelectorAll('.controls select')[1]; by.value = 'model';"
                        + " by.dispatchEvent(new Event('change'))}");
        browser.until("document.querySelector('section[aria-label=\"Cost by model\"] tbody tr')");
        assertEquals("?view=cost&group_by=model", browser.evaluate("location.search").asText());

        browser.evaluate("history.back()");
        browser.until("document.querySelector('section[aria-label=\"Cost by team\"] tbody tr')");
        browser.evaluate("history.back()");
        browser.until("document.querySelector('[data-tile=Coverage]')");
        browser.evaluate("history.go(2)");
        browser.until("document.querySelector('section[aria-label=\"Cost by model\"] tbody tr')");
        assertQuiet();
    }

    @Test
    void aDragOverAChartShowsThatTimeAlone() {
        browser.open(address("/?view=cost"));
        dragOverTheFirstChart();

        browser.until("location.search.includes('from=')");
        browser.until(
                "document.querySelector('section[aria-label=\"Cost by team\"] .links a')?.href"
                        + ".includes(new URLSearchParams(location.search).get('from'))");
        var call = call("Cost by team", "/costs");
        assertEquals(200, running.get(call).statusCode());
        browser.evaluate("history.back()");
        browser.until("location.search === '?view=cost'");
        assertQuiet();
    }

    private void dragOverTheFirstChart() {
        var plot =
                browser.evaluate(
                        "(({left, top, width, height}) => ({left, top, width, height}))"
                                + "(document.querySelector('.u-over').getBoundingClientRect())");
        double left = plot.get("left").asDouble();
        double width = plot.get("width").asDouble();
        browser.drag(
                left + width / 4,
                left + width * 3 / 4,
                plot.get("top").asDouble() + plot.get("height").asDouble() / 2);
    }

    @Test
    void aDragZoomsOnceHoweverManyChartsThereAre() {
        browser.open(address("/?view=tokens"));
        browser.until("document.querySelectorAll('.u-over').length > 1");
        int before = browser.evaluate("history.length").asInt();
        dragOverTheFirstChart();

        browser.until("location.search.includes('from=')");
        browser.until("document.querySelectorAll('.u-over').length > 1");
        assertEquals(before + 1, browser.evaluate("history.length").asInt());
        browser.evaluate("history.back()");
        browser.until("location.search === '?view=tokens'");
        assertQuiet();
    }

    @Test
    void whatHasTheFocusKeepsItWhereTheViewIsMadeAnew() {
        browser.open(address("/?view=cost"));
        browser.until("document.querySelector('th button.sort') !== null");
        browser.evaluate("document.querySelector('th button.sort').focus()");
        browser.evaluate("document.activeElement.click()");
        assertEquals(
                "BUTTON", browser.evaluate("document.activeElement.tagName").asText(), "sorted");
        browser.evaluate("document.querySelector('main select').focus()");
        browser.evaluate(
                "(() => {const select = document.activeElement; select.selectedIndex ="
                        + " (select.selectedIndex + 1) % select.options.length;"
                        + " select.dispatchEvent(new Event('change', {bubbles: true}));})()");
        browser.until("location.search !== '?view=cost'");
        browser.until("document.querySelector('th button.sort') !== null");
        assertEquals(
                "SELECT", browser.evaluate("document.activeElement.tagName").asText(), "chosen");
        assertQuiet();
    }

    @Test
    void aNameIsAFilterAndAsksForNothingElse() {
        browser.open(address("/?view=cost"));
        browser.evaluate(
                "[...document.querySelectorAll('tbody th a')].find((link) =>"
                        + " link.textContent.startsWith('\"quoted\"')).click()");
        browser.until(
                "document.querySelector('.chip') !== null &&"
                    + " document.querySelector('section[aria-label=\"Cost by team\"] tbody tr')");

        var call = call("Cost by team", "/costs");
        assertTrue(call.contains("team=%22%22%22quoted%22%22%2C+with"), call);
        assertEquals(200, running.get(call).statusCode());
        assertQuiet();
    }

    @Test
    void aChangeIsShownByItself() {
        browser.open(address("/?view=cost"));
        browser.until("document.body.dataset.live === 'live'");
        running.ledger.costs = query -> DashboardData.costs(query, 1000);
        running.counts = new PipelineState.Counts(10, 6, 3, 1, 7, 13);

        var expected =
                new BigDecimal("1.234567").multiply(BigDecimal.valueOf(27_000)).toPlainString();
        browser.until(
                "Number(document.querySelector('[data-sum=attributed] data')?.value) === "
                        + expected);
        assertQuiet();
    }

    @Test
    void whatWasSeenLastStaysWhereTheStoreOrTheProcessorIsAway() {
        browser.open(address("/?view=cost"));
        browser.until("document.body.dataset.live === 'live'");
        running.ledger.costs =
                _ -> {
                    throw new StoreUnavailableException(
                            "away", new IOException("connection refused"));
                };
        running.health = RunningApi.health(true, false);
        running.counts = new PipelineState.Counts(10, 6, 3, 1, 7, 13);

        browser.until(
                "document.body.dataset.live === 'degraded' &&"
                        + " document.querySelector('.failure:not([hidden])') !== null");
        assertTrue(browser.text().contains("store is away since"), browser.text());
        assertTrue(browser.text().contains("no primary"), browser.text());
        assertEquals(DashboardData.NAMES.size(), tableOf("Cost by team", "tbody").size());

        running.api.close();
        browser.until("document.body.dataset.live === 'late'");
        assertTrue(browser.text().contains("stale, nothing heard for"), browser.text());
        assertEquals(DashboardData.NAMES.size(), tableOf("Cost by team", "tbody").size());
    }

    @Test
    void anEmptyPageSaysHowToSendTheFirstEvent() {
        running.ledger.costs =
                query -> {
                    var full = Costs.report(query);
                    return new CostReport(
                            full.coverage(),
                            full.groupBy(),
                            List.of(),
                            full.rows().get(1).cost(),
                            full.notes());
                };
        running.queries.latestSamples = _ -> new LatestSamples(List.of(), 0);
        running.queries.tokens =
                query ->
                        new TokenReport(
                                DashboardData.tokens(query).coverage(),
                                query.groupBy(),
                                List.of(),
                                new TokenReport.Counts(
                                        0, 0, 0, Readings.absent(Measures.TOKEN), null));

        browser.open(address("/"));

        browser.until("document.getElementById('first-event') !== null");
        var command =
                browser.evaluate("document.getElementById('first-event').textContent").asText();
        assertTrue(
                command.startsWith(
                        "curl -sS http://127.0.0.1:4318/v1/events -d '[{\"ts\":\"'$(date -u"
                                + " +%FT%TZ)'\""),
                command);
        assertFalse(browser.text().contains("$0.00"), browser.text());
        assertQuiet();
    }

    @Test
    void aThousandGpusFitAScreen() {
        running.queries.latestSamples = _ -> DashboardData.gpus(1000);

        browser.open(address("/?view=fleet"));

        var ms = browser.evaluate("Math.round(performance.now())").asInt();
        System.out.println("1,000 GPUs were shown " + ms + " ms after the page was asked for");
        var height = browser.evaluate("document.querySelector('canvas').clientHeight").asInt();
        assertTrue(height > 100 && height < 900, () -> "the map is %d px high".formatted(height));
        browser.evaluate("document.querySelector('canvas').focus()");
        browser.evaluate(
                "document.querySelector('canvas').dispatchEvent(new KeyboardEvent('keydown', {key:"
                        + " 'End'}))");
        browser.until("document.querySelector('.side').textContent.includes('日本語 עברית / 7')");
        browser.evaluate(
                "document.querySelector('canvas').dispatchEvent(new KeyboardEvent('keydown', {key:"
                        + " 'Enter'}))");
        browser.until("new URLSearchParams(location.search).get('gpu') === '日本語 עברית/7'");
        assertQuiet();
    }
}
