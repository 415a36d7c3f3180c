package gpuanalytics.placement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gpuanalytics.placement.input.ClusterHistory;
import gpuanalytics.placement.processor.ProcessorClient;
import gpuanalytics.placement.processor.ProcessorFleet;
import gpuanalytics.placement.processor.ProcessorPrices;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceNode;
import gpuanalytics.placement.trace.TracePod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the processor answers, as its OpenAPI document has it, to nodes, pods and prices. */
class ProcessorAnswersTest {

    private static final String PRICES =
            """
            {"version": "0123456789ab", "gpu_market": "on_demand", "at": "2026-11-29T00:00:00Z",
             "fallback_usd_per_hour": null, "gpus": [
              {"model": "NVIDIA A", "market": "on_demand", "usd_per_hour": 2.5,
               "effective_from": "2026-01-01T00:00:00Z", "effective_to": null, "source": null,
               "list": "file:0123456789ab", "created_at": null, "by": null},
              {"model": "NVIDIA B", "market": "spot", "usd_per_hour": 1,
               "effective_from": "2026-01-01T00:00:00Z", "effective_to": null, "source": null,
               "list": "file:0123456789ab", "created_at": null, "by": null}],
             "models": [], "gpu_aliases": {"A-*": "NVIDIA A", "A-old": "NVIDIA B"},
             "model_aliases": {}}\
            """;

    private static final String GPUS =
            """
            {"max_age_s": 604800, "left_out": 0, "gpus": [%s]}\
            """
                    .formatted(
                            String.join(
                                    ",",
                                    sample("h1/0", "h1", "A", "\"namespace\":\"n\",\"pod\":\"p\""),
                                    sample("h1/1", "h1", "A", "\"namespace\":\"n\",\"pod\":\"p\""),
                                    sample("h1/2", "h1", "A", "\"pods\":[\"n/s/c\",\"n/t/c\"]"),
                                    sample("h2/0", "h2", "B", "\"team\":\"x\"")));

    private static String sample(String gpu, String host, String name, String more) {
        return """
        {"gpu":"%s","age_s":1,"ts":"2026-11-29T00:00:00Z","host":"%s","name":"%s",%s}\
        """
                .formatted(gpu, host, name, more);
    }

    private HttpServer fake;
    private volatile int status = 200;

    @BeforeEach
    void start() throws IOException {
        fake = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        fake.createContext("/prices", exchange -> answer(exchange, PRICES));
        fake.createContext("/gpu/info", exchange -> answer(exchange, GPUS));
        fake.start();
    }

    private void answer(HttpExchange exchange, String body) throws IOException {
        var bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @AfterEach
    void stop() {
        fake.stop(0);
    }

    private ProcessorClient client() {
        return new ProcessorClient(url(), Duration.ofSeconds(30));
    }

    private String url() {
        return "http://127.0.0.1:" + fake.getAddress().getPort();
    }

    @Test
    void theAnswersHereAreAsTheProcessorDocumentsThem() throws Exception {
        var document = ApiDocument.ofTheProcessor();

        assertEquals(List.of(), document.errors("Prices", PRICES));
        assertEquals(List.of(), document.errors("GpuInfo", GPUS));
    }

    @Test
    void pricesAreThoseOfTheMarketAndAliasesStandForModels() throws Exception {
        try (var client = client()) {
            var prices = new ProcessorPrices(client).now();

            assertEquals(OptionalDouble.of(2.5), prices.usdPerHour("NVIDIA A"));
            assertEquals(OptionalDouble.of(2.5), prices.usdPerHour("A-80GB"));
            assertEquals(OptionalDouble.empty(), prices.usdPerHour("NVIDIA B"), "another market");
            assertEquals(OptionalDouble.empty(), prices.usdPerHour("A-old"), "its own alias first");
            assertEquals(OptionalDouble.empty(), prices.usdPerHour("C"));
        }
    }

    @Test
    void hostsAndPodsAreThoseOfTheSamplesAndWhatIsNotKnownIsNamed() throws Exception {
        try (var client = client()) {
            var input = new ProcessorFleet(client).last(ClusterHistory.DEFAULT_DAYS);

            assertEquals(
                    List.of(new TraceNode("h1", 0, 0, 3, "A"), new TraceNode("h2", 0, 0, 1, "B")),
                    input.nodes());
            assertEquals(
                    List.of(
                            new TracePod("n/p", "n", 0, 0, 2, 1000, ""),
                            new TracePod("n/s", "", 0, 0, 1, 500, ""),
                            new TracePod("n/t", "", 0, 0, 1, 500, "")),
                    input.pods());
            assertTrue(input.missing().contains("1 of 4 GPU samples name no pod"));
            assertEquals(4, input.missing().size(), () -> input.missing().toString());
        }
    }

    @Test
    void aProcessorThatDoesNotAnswerIsOneLine() {
        status = 503;
        try (var client = client()) {
            var refused =
                    assertThrows(BadInputException.class, () -> new ProcessorPrices(client).now());

            assertEquals(url() + "/prices is status 503, expected 200", refused.line());
        }
    }

    @Test
    void aClusterIsRehearsedByTheServer() throws Exception {
        var variables = Map.of("PROCESSOR_URL", url());
        try (var server = new PlacementServer(variables)) {
            var answer = server.order("{\"source\": \"cluster\", \"seeds\": 1}");

            assertEquals(202, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("cores and memory of nodes and pods are not"));
        }
    }
}
