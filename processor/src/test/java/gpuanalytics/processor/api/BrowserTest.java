package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gpuanalytics.embedded.testing.Chromium;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A browser that shows the dashboard over answers that are known, and what it shows. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrowserTest {

    static final ObjectMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    Chromium browser;
    RunningApi running;

    @BeforeAll
    void startBrowser() throws Exception {
        var program = Chromium.program();
        assumeTrue(
                program.isPresent(),
                "no Chromium is installed, so nothing of the dashboard is looked at (apt-get"
                        + " install chromium)");
        browser = Chromium.start(program.orElseThrow());
    }

    @AfterAll
    void endBrowser() throws IOException {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void startApi() {
        browser.size(1280, 900, false);
        running = new RunningApi();
        running.ledger.costs = query -> DashboardData.costs(query, 1);
        running.ledger.waste = DashboardData::waste;
        running.queries.tokens = DashboardData::tokens;
        running.queries.latestSamples = _ -> DashboardData.gpus(64);
        running.queries.gpuSeries = query -> Optional.of(Samples.gpuSeries(query));
        browser.complaints.clear();
        browser.requests.clear();
    }

    @AfterEach
    void endApi() {
        browser.leave();
        running.close();
    }

    String address(String target) {
        return "http://127.0.0.1:" + running.api.port() + target;
    }

    void assertQuiet() {
        assertEquals(List.of(), browser.complaints);
        for (var request : browser.requests) {
            assertTrue(request.startsWith(address("/")), request);
        }
    }

    static JsonNode found(JsonNode rows, String name) {
        for (var row : rows) {
            if (row.get("name").asText().equals(name)) {
                return row;
            }
        }
        throw new AssertionError(name + " is not among " + rows);
    }

    static void assertRow(Map<String, String> columns, JsonNode expected, JsonNode row) {
        columns.forEach(
                (column, pointer) -> {
                    var shown = row.at("/cells").get(column);
                    var told = expected.at(pointer);
                    var what = column + " of " + row.get("name") + ": " + row;
                    if (told.isNull() || told.isMissingNode()) {
                        assertEquals("–", shown.asText(), what);
                    } else {
                        assertEquals(
                                0,
                                told.decimalValue().compareTo(new BigDecimal(shown.asText())),
                                what);
                    }
                });
    }

    /** Each row's name and what its cells hold: the exact value, or the mark of what is absent. */
    JsonNode tableOf(String panel, String part) {
        return browser.evaluate(
                """
                [...document.querySelectorAll('section[aria-label="%s"] %s tr')].map((row) => ({
                  name: row.querySelector("th").textContent,
                  cells: Object.fromEntries([...row.querySelectorAll("td[data-column]")].map((cell) =>
                    [cell.dataset.column, cell.querySelector("data")?.value ?? cell.textContent]))}))
                """
                        .formatted(panel, part));
    }

    /** The call that a panel says its numbers came from. */
    String call(String panel, String path) {
        return browser.evaluate(
                        "[...document.querySelectorAll('section[aria-label=\"%s\"] .links a')].find((link) => link.textContent === '%s').getAttribute('href')"
                                .formatted(panel, path))
                .asText();
    }

    void assertShown(JsonNode expected, String selector) {
        var shown =
                browser.evaluate("document.querySelector(\"%s\").value".formatted(selector))
                        .asText();
        assertEquals(
                0,
                expected.decimalValue().compareTo(new BigDecimal(shown)),
                selector + ": " + shown + " for " + expected);
    }
}
