package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.embedded.testing.Chromium;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.local.demo.DemoConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demonstration: its day has all that it promises, and every view shows something of it. With
 * {@code -Dscreenshots=FOLDER} each view is kept as a picture, as {@code make screenshots} does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoIT {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HOUR_S = 3600;
    private static final double MOST_IS_KNOWN = 0.9;
    private static final List<Integer> WIDTHS = List.of(360, 1280, 2560);
    private static final @Nullable String PICTURES = System.getProperty("screenshots");
    private static final int README_WIDTH = 1080;
    private static final int README_HEIGHT = 860;

    private final HttpClient client = HttpClient.newHttpClient();
    private LocalPipeline pipeline;
    private @Nullable Prometheus prometheus;
    private String api;

    /** Each view, and what of it holds something where the day is told. */
    private Map<String, String> views;

    @BeforeAll
    void tellTheDay(@TempDir Path directory) throws Exception {
        var variables = new HashMap<>(DemoConfig.variables());
        variables.put("FIGURES_INTERVAL_S", "2");
        if (PICTURES == null) {
            variables.put("DEMO_S", "15");
            // A quarter of the events: what is shown goes by what kinds there are, not how many.
            variables.put("FLEET_GPUS", "12");
            variables.put("FLEET_INTERVAL_S", "60");
            variables.put("RATE", "0.4");
        }
        pipeline =
                LocalPipeline.start(
                        LocalOptions.parse(List.of("--demo", "--port", "0")),
                        LocalConfig.fromEnvironment(variables),
                        variables);
        pipeline.produce();
        if (Prometheus.isInstalled()) {
            prometheus = Prometheus.start(directory, pipeline);
        }
        api = "http://127.0.0.1:%d".formatted(pipeline.processor().httpPort());
        assertTrue(pipeline.evening().orElseThrow().awaitDone(LIMIT), "the day did not end");
        Waiting.until(
                "all of the ledger",
                LIMIT,
                () -> {
                    var costs = ask("/costs?from=now-24h");
                    return costs.get("open_hours").asInt() <= 2
                            && costs.at("/totals/coverage").asDouble() > MOST_IS_KNOWN;
                });
        Waiting.until(
                "an alert",
                LIMIT,
                () -> budgets(true).anyMatch(budget -> !budget.get("alerts").isEmpty()));
        var model =
                ask("/costs?from=now-24h&group_by=model")
                        .get("rows")
                        .valueStream()
                        .filter(row -> row.at("/usd/attributed").asDouble() > 1)
                        .findFirst()
                        .orElseThrow()
                        .get("model")
                        .asText();
        views =
                Map.ofEntries(
                        Map.entry("overview", "section[aria-label=Models] tbody tr"),
                        Map.entry("fleet", "section[aria-label=GPUs] tbody tr"),
                        Map.entry("cost", "section[aria-label='Cost by team'] tbody tr"),
                        Map.entry("tokens", "section[aria-label='Tokens by model'] tbody tr"),
                        Map.entry("waste&group_by=gpu", "section[aria-label='Waste by gpu'] td"),
                        Map.entry(
                                "whatif&as_gpu_model=NVIDIA+L40S&as_speed=0.5&as_model=gpt-4o",
                                ".tile:nth-child(3) data"),
                        Map.entry("budgets", "tbody .low"),
                        Map.entry("rejects", "section[aria-label^=Rejected] tbody tr"),
                        Map.entry("pipeline", "section[aria-label^='Lag by'] tbody tr"),
                        Map.entry("gpu&gpu=" + worst("memory_held"), ".uplot"),
                        Map.entry("team&team=" + budget(true).get("team").asText(), ".uplot"),
                        Map.entry("model&model=" + model, ".uplot"));
    }

    @AfterAll
    void end() {
        client.shutdownNow();
        if (prometheus != null) {
            prometheus.close();
        }
        if (pipeline != null) {
            pipeline.close();
        }
    }

    @Test
    void oneGpuIsWastedAllDayOneThrottlesAndOneStopsWithAnError() throws Exception {
        var rows = ask("/waste?from=now-24h&group_by=gpu").get("rows");

        assertTrue(most(rows, "/memory_held/gpu_s") > 15 * HOUR_S, rows::toString);
        assertTrue(most(rows, "/throttled/gpu_s") > HOUR_S, rows::toString);
        assertTrue(most(rows, "/xid_idle/gpu_s") > 2 * HOUR_S, rows::toString);
        var research = ask("/waste?from=now-24h&team=research").at("/totals/memory_held/usd");
        assertTrue(research.asDouble() > 10, research::toString);
    }

    @Test
    void oneTeamIsOverItsBudgetAndOneIsNot() throws Exception {
        assertTrue(spent(budget(true)) > budget(true).get("usd").asDouble());
        assertTrue(spent(budget(false)) < budget(false).get("usd").asDouble());
    }

    @Test
    void nothingIsKnownOfSomeHoursAndWhatWasLateIsThere() throws Exception {
        var hours = ask("/tokens?from=now-24h&step=1h").get("rows");
        var told =
                hours.valueStream()
                        .filter(row -> row.get("requests").asInt() > 0)
                        .map(row -> Instant.parse(row.get("ts").asText()))
                        .toList();
        long silent = Duration.between(told.getFirst(), told.getLast()).toHours() + 1 - told.size();
        assertTrue(silent == 2 || silent == 3, () -> silent + " hours beside " + told);
        var coverage = ask("/costs?from=now-24h").at("/totals/coverage").asDouble();
        assertTrue(coverage > MOST_IS_KNOWN && coverage < 0.999, () -> "coverage " + coverage);
    }

    @Test
    void whatWasRefusedIsThereWithItsReasons() throws Exception {
        Waiting.until("a conflict", LIMIT, () -> ask("/rejects").get("kept").asInt() == 5);
        var reasons = new HashMap<String, String>();
        for (var reject : ask("/rejects").get("rejects")) {
            reasons.put(reject.get("reason").asText(), reject.get("door").asText());
        }

        assertEquals("null", reasons.remove("conflict"));
        assertTrue(reasons.size() > 1, reasons::toString);
        assertEquals(List.of("http"), reasons.values().stream().distinct().toList());
    }

    @Test
    void everyViewShowsSomethingAndNoneComplains() throws Exception {
        var program = Chromium.program();
        assumeTrue(program.isPresent(), "no Chromium is installed (apt-get install chromium)");
        try (var browser = Chromium.start(program.orElseThrow())) {
            browser.hideScrollbars();
            for (var view : views.entrySet()) {
                browser.size(1280, 900, false);
                browser.open(api + "/?view=" + view.getKey());
                browser.until("document.querySelector(\"%s\") !== null".formatted(view.getValue()));
                assertEquals(
                        "",
                        browser.evaluate(
                                        "[...document.querySelectorAll('.failure:not([hidden])')].map((one)"
                                            + " => one.textContent).join()")
                                .asText(),
                        view.getKey());
                browser.size(360, 900, false);
                assertEquals("", cut(browser), view.getKey());
                keepPictures(browser, view.getKey());
            }
            assertEquals(List.of(), browser.complaints);
        }
    }

    /** What of the tables is wider than its cell, and so lies over the next one. */
    private static String cut(Chromium browser) {
        return browser.evaluate(
                        "[...document.querySelectorAll('.scroll :is(td, th)')].filter((one) =>"
                                + " one.scrollWidth > one.clientWidth + 1).map((one) =>"
                                + " one.textContent).join()")
                .asText();
    }

    @Test
    void everyPanelOfGrafanaHasData() throws Exception {
        var scraper = prometheus;
        assumeTrue(scraper != null, "no Prometheus is installed (apt-get install prometheus)");
        var queries = GrafanaDashboards.queries();
        var missing = new ArrayList<GrafanaDashboards.Query>();
        try {
            Waiting.until(
                    () -> "data of " + missing,
                    LIMIT,
                    () -> {
                        // All are asked only once the one waited for has data: each
                        // question takes its time from the run that it waits for.
                        if (!missing.isEmpty()
                                && !scraper.hasData(missing.getFirst().expression())) {
                            return false;
                        }
                        missing.clear();
                        for (var query : queries) {
                            if (!scraper.hasData(query.expression())) {
                                missing.add(query);
                            }
                        }
                        return missing.isEmpty();
                    });
        } finally {
            System.out.printf(
                    "%d queries of Grafana's dashboards, without data: %s%n",
                    queries.size(), missing);
        }
        assertEquals(List.of(), scraper.rulesThatFail());
    }

    private void keepPictures(Chromium browser, String view) throws IOException {
        if (PICTURES == null) {
            return;
        }
        var name = view.replaceFirst("&.*", "");
        for (int width : WIDTHS) {
            for (boolean dark : List.of(false, true)) {
                show(browser, view, width, 900, dark);
                var file = "%s-%d-%s.png".formatted(name, width, dark ? "dark" : "light");
                write(Path.of(PICTURES, file), browser.wholePage());
            }
        }
        if (List.of("overview", "fleet", "waste").contains(name)) {
            show(browser, view, README_WIDTH, README_HEIGHT, name.equals("fleet"));
            write(Path.of(PICTURES, "readme", name + ".png"), browser.screenshot());
        }
    }

    private void show(Chromium browser, String view, int width, int height, boolean dark) {
        browser.size(width, height, dark);
        browser.open(api + "/?view=" + view);
        browser.until("document.body.dataset.live === 'live'");
    }

    private static void write(Path file, byte[] picture) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, picture);
    }

    private JsonNode budget(boolean exceeded) throws Exception {
        return budgets(exceeded).findFirst().orElseThrow();
    }

    /** Those of teams that are exceeded, or those that are not. */
    private Stream<JsonNode> budgets(boolean exceeded) throws Exception {
        return ask("/budgets")
                .get("budgets")
                .valueStream()
                .filter(budget -> !budget.get("team").isNull())
                .filter(budget -> exceeded == spent(budget) > budget.get("usd").asDouble());
    }

    private static double spent(JsonNode budget) {
        return budget.get("spent_usd").asDouble();
    }

    private String worst(String kind) throws Exception {
        var rows = ask("/waste?from=now-24h&group_by=gpu").get("rows");
        double most = most(rows, "/%s/gpu_s".formatted(kind));
        return rows.valueStream()
                .filter(row -> row.at("/%s/gpu_s".formatted(kind)).asDouble() == most)
                .findFirst()
                .orElseThrow()
                .get("gpu")
                .asText();
    }

    private static double most(JsonNode rows, String pointer) {
        return rows.valueStream().mapToDouble(row -> row.at(pointer).asDouble()).max().orElse(0);
    }

    /** A busy machine may not answer in time: then it is asked again. */
    private JsonNode ask(String target) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(api + target)).build();
        var answers = new ArrayList<HttpResponse<String>>();
        Waiting.until(
                "an answer to " + target,
                LIMIT,
                () -> {
                    answers.add(client.send(request, BodyHandlers.ofString()));
                    return answers.getLast().statusCode() != 504;
                });
        var answer = answers.getLast();
        assertEquals(200, answer.statusCode(), answer.body());
        return JSON.readTree(answer.body());
    }
}
