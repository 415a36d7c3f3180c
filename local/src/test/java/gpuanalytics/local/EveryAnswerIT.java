package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.local.ApiClient.Totals;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The simulated fleet, and what it has cost, asked in every way there is. */
class EveryAnswerIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int EVENTS = 2000;
    private static final String TIME = "from=now-2d";
    private static final BigDecimal MICRO = new BigDecimal("0.000001");

    private final JsonMapper mapper =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    @Test
    void theTerminalJsonCsvAndFocusSayTheSame() throws Exception {
        var options = LocalOptions.parse(List.of("--port", "0", "--doors", "off"));
        try (var pipeline =
                        LocalPipeline.start(
                                options, LocalConfig.fromEnvironment(Map.of()), Map.of());
                var api = new ApiClient(pipeline.processor().httpPort())) {
            simulate(pipeline, api);
            var base = "http://127.0.0.1:" + pipeline.processor().httpPort();

            var usd = mapper.readTree(get(base + "/costs?" + TIME)).at("/totals/usd");
            var row = rows(base + "/costs?format=csv&" + TIME).getFirst();
            var ledger = rows(base + "/exports/ledger.csv?" + TIME);
            var focus = rows(base + "/exports/focus.csv?" + TIME);

            var terminal = "bill: %s USD attributed + %s idle + %s unknown = %s USD";
            var said = terminal;
            for (var part : List.of("attributed", "idle", "unknown", "total")) {
                var expected = usd.path(part).decimalValue();
                said = said.replaceFirst("%s", expected.toPlainString());
                assertEquals(expected, new BigDecimal(row.get("usd_" + part)), part);
                near(expected, sum(ledger, "usd_" + part, _ -> true), part);
                near(
                        expected,
                        sum(
                                focus,
                                "BilledCost",
                                charge ->
                                        List.of(charge.get("x_CostPart"), "total").contains(part)),
                        part);
            }
            assertTrue(usd.path("attributed").decimalValue().signum() > 0, usd::toString);
            assertEquals(usd.path("total").decimalValue(), total(ledger, "usd_total"));
            assertEquals(usd.path("total").decimalValue(), total(focus, "BilledCost"));
            var shown = api.bill(0).toString();
            assertTrue(shown.startsWith(said), () -> "the terminal says " + shown);
        }
    }

    private static void simulate(LocalPipeline pipeline, ApiClient api) throws Exception {
        var producer = pipeline.produce();
        Waiting.until("events", LIMIT, () -> pipeline.processor().stats().stored() >= EVENTS);
        producer.close();
        var sent = producer.totals();
        var expected =
                new Totals(
                        sent.requests(),
                        sent.promptTokens(),
                        sent.completionTokens(),
                        sent.samples());
        Waiting.until("the sums", LIMIT, () -> expected.equals(api.totals()));
    }

    /** A part of a sum is rounded so that the parts add up. */
    private static void near(BigDecimal expected, BigDecimal sum, String part) {
        assertTrue(
                sum.subtract(expected).abs().compareTo(MICRO) < 0,
                () -> "%s is %s, expected %s".formatted(part, sum, expected));
    }

    private static BigDecimal total(List<CSVRecord> rows, String column) {
        return sum(rows, column, _ -> true).setScale(6, RoundingMode.HALF_EVEN);
    }

    private static BigDecimal sum(
            List<CSVRecord> rows, String column, Predicate<CSVRecord> isCounted) {
        return rows.stream()
                .filter(isCounted)
                .map(row -> row.get(column))
                .filter(value -> !value.isEmpty())
                .map(BigDecimal::new)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static List<CSVRecord> rows(String url) throws Exception {
        var format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
        try (var csv = CSVParser.parse(get(url), format)) {
            return csv.getRecords();
        }
    }

    private static String get(String url) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var answer =
                    client.send(
                            HttpRequest.newBuilder(URI.create(url)).build(),
                            BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            return answer.body();
        }
    }
}
