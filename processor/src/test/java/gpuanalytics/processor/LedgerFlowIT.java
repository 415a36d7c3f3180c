package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From events in Kafka to dollars through HTTP, with two processors that keep the ledger. */
class LedgerFlowIT {

    private static final String HOURS = "from=2026-03-02T09:00:00Z&to=2026-03-02T11:00:00Z";
    private static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");

    private final ObjectMapper mapper =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private PipelineFixture fixture;
    private Processor processor;
    private Processor other;
    private int sent;

    @BeforeEach
    void start() {
        fixture =
                PipelineFixture.withTopics()
                        .with("LEDGER_INTERVAL_S", "1")
                        .with("LEDGER_QUIET_S", "0");
        processor = Processor.start(fixture.config());
        other = Processor.start(fixture.config());
    }

    @AfterEach
    void stop() {
        processor.close();
        other.close();
        fixture.close();
    }

    @Test
    void everyDollarOfTheBillIsInEveryAnswer() throws Exception {
        for (int minute = 0; minute < 120; minute++) {
            sample("GPU-1", minute, "'team':'red','power_w':250,'price_per_hour_usd':3.6");
            if (minute < 30 || minute >= 40) {
                sample("GPU-2", minute, "'team':'blue','price_per_hour_usd':1.8");
            }
            sample("GPU-3", minute, "'team':'blue'"); // nothing says what it costs
        }
        usage("GPU-1", 10, "'team':'a','latency_ms':4000,'ttft_ms':1000");
        usage("GPU-1", 70, "'team':'=b','latency_ms':90000,'ttft_ms':1000");
        usage("GPU-3", 20, "'team':'a'");
        fixture.flush();
        fixture.awaitCommitted();
        check();

        awaitLedger();
        check();

        // late, after its hour was computed
        usage("GPU-2", 15, "'team':'c','latency_ms':4000,'ttft_ms':1000");
        fixture.flush();
        fixture.awaitCommitted();
        awaitLedger();
        check();
        assertUsd("0.030000", row(json("/costs?group_by=team&" + HOURS), "team", "c"));
    }

    private void check() throws Exception {
        var totals = json("/costs?" + HOURS).path("totals");
        assertEquals("10.800000", totals.at("/usd/total").decimalValue().toPlainString());
        assertEquals("0.300000", totals.at("/usd/unknown").decimalValue().toPlainString());
        assertEquals(7200, totals.at("/gpu_s/unpriced").asDouble());
        assertEquals(1400, totals.path("unpriced_tokens").asLong());
        for (var basis : List.of("allocation", "usage")) {
            for (var cut : List.of("team", "gpu", "model&step=1h", "host,gpu_model", "user")) {
                var question = "/costs?basis=" + basis + "&" + HOURS + "&group_by=" + cut;
                checkRows(question);
            }
            checkExports("basis=" + basis + "&" + HOURS);
        }
        assertEquals("[\"A100\"]", json("/costs?" + HOURS).path("unpriced_gpus").toString());
        checkBill();
    }

    private void checkRows(String question) throws Exception {
        var answer = json(question);
        var sum = BigDecimal.ZERO;
        for (var row : answer.path("rows")) {
            if (row.at("/usd/total").isNumber()) {
                for (var part : List.of("attributed", "idle", "unknown")) {
                    sum = sum.add(row.path("usd").path(part).decimalValue());
                }
            }
        }
        assertEquals(answer.at("/totals/usd/total").decimalValue(), sum, question);
        assertEquals("10.800000", sum.toPlainString(), question);
        var csv = csv(question);
        for (int i = 0; i < csv.size(); i++) {
            var row = answer.path("rows").get(i);
            for (var name : List.of("usd.attributed", "usd.idle", "usd.total", "gpu_s.idle")) {
                var json = row.at("/" + name.replace('.', '/'));
                assertEquals(
                        json.isNull() ? "" : json.decimalValue().toPlainString(),
                        csv.get(i).get(name.replace('.', '_')),
                        question);
            }
        }
    }

    /** Rows of exports added up are the answer, team by team and all together. */
    private void checkExports(String question) throws Exception {
        var answer = json("/costs?group_by=team&" + question);
        var ledger = records("/exports/ledger.csv?" + question);
        var daily = records("/exports/ledger.csv?step=1d&" + question);
        var focus = records("/exports/focus.csv?" + question);
        for (var row : answer.path("rows")) {
            var team = row.path("team").asText("");
            var usd = row.at("/usd/total");
            var expected = usd.isNumber() ? usd.decimalValue().toPlainString() : "0.000000";
            var message = "%s of %s".formatted(team, question);
            assertEquals(expected, sum(ledger, "team", team, "usd_total"), message);
            assertEquals(expected, sum(daily, "team", team, "usd_total"), message);
            assertEquals(expected, sum(focus, "SubAccountId", team, "BilledCost"), message);
        }
        for (var part : List.of("attributed", "idle", "unknown")) {
            var expected = answer.at("/totals/usd/" + part).decimalValue().toPlainString();
            assertEquals(expected, sum(ledger, "basis", "", "usd_" + part), question);
            assertEquals(expected, sum(focus, "x_CostPart", part, "BilledCost"), question);
        }
        var own = post("/reconcile?" + question, get("/exports/focus.csv?" + question).body());
        var reconciled = mapper.readTree(own).path("reconciled");
        assertEquals("0.000000", reconciled.path("difference_usd").decimalValue().toPlainString());
        assertEquals(focus.size(), reconciled.at("/bill_file/lines_counted").asInt(), own);
    }

    /** Of the rows that have such a value, or of all for the basis. */
    private static String sum(List<CSVRecord> rows, String column, String value, String summed) {
        var sum = new BigDecimal("0.000000");
        for (var row : rows) {
            var text = row.get(column);
            var name = text.startsWith("'") ? text.substring(1) : text;
            if ((column.equals("basis") || name.equals(value)) && !row.get(summed).isEmpty()) {
                sum = sum.add(new BigDecimal(row.get(summed)));
            }
        }
        return sum.setScale(6, RoundingMode.HALF_EVEN).toPlainString();
    }

    private void checkBill() throws Exception {
        var bill = json("/reconcile?bill=12&" + HOURS).path("reconciled");
        assertEquals("1.200000", bill.path("difference_usd").decimalValue().toPlainString());
        assertEquals("1.500000", bill.path("beyond_known_usd").decimalValue().toPlainString());
        assertEquals(400, get("/reconcile?bill=much&" + HOURS).statusCode());
        var waste = json("/waste?group_by=team&" + HOURS);
        assertEquals(2, waste.path("rows").size(), waste::toString);
        assertEquals(400, get("/costs?step=30m&" + HOURS).statusCode(), "the ledger is of hours");
    }

    /** Until no processor has an hour left, and answers need compute none. */
    private void awaitLedger() throws Exception {
        Waiting.until(
                "the ledger of every hour",
                PipelineFixture.LIMIT,
                () -> json("/costs?" + HOURS).path("open_hours").asInt() == 0);
        assertTrue(
                fixture.database().getCollection("ledger_hours").countDocuments() > 2, "no parts");
    }

    private static JsonNode row(JsonNode answer, String name, String value) {
        for (var row : answer.path("rows")) {
            if (row.path(name).asText().equals(value)) {
                return row;
            }
        }
        throw new AssertionError("no row of " + value + " in " + answer);
    }

    private static void assertUsd(String expected, JsonNode row) {
        assertEquals(expected, row.at("/usd/total").decimalValue().toPlainString());
    }

    private void sample(String gpu, int minute, String fields) {
        send(
                EventTopic.GPU_METRICS,
                minute,
                "'host':'ant','gpu_uuid':'%s','name':'%s','utilization':0.5,'interval_s':60,%s"
                        .formatted(gpu, gpu.endsWith("3") ? "A100" : "H100", fields));
    }

    private void usage(String gpu, int minute, String fields) {
        send(
                EventTopic.TOKEN_USAGE,
                minute,
                "'model':'llama','gpu_uuid':'%s','prompt_tokens':1000,'completion_tokens':400,%s"
                        .formatted(gpu, fields));
    }

    private void send(EventTopic topic, int minute, String fields) {
        var json = "{'ts':'%s',%s}".formatted(NINE.plusSeconds(minute * 60L), fields);
        fixture.send(
                topic,
                sent++ % PipelineFixture.PARTITIONS,
                json.replace('\'', '"').getBytes(UTF_8));
    }

    private JsonNode json(String path) throws Exception {
        var answer = get(path);
        assertEquals(200, answer.statusCode(), path + ": " + answer.body());
        return mapper.readTree(answer.body());
    }

    private List<CSVRecord> csv(String path) throws Exception {
        return records(path + "&format=csv");
    }

    private List<CSVRecord> records(String path) throws Exception {
        try (var csv =
                CSVParser.parse(
                        get(path).body(),
                        CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get())) {
            return new ArrayList<>(csv.getRecords());
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path).build());
    }

    private String post(String path, String body) throws Exception {
        var answer = send(request(path).POST(BodyPublishers.ofString(body)).build());
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + processor.httpPort() + path));
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
