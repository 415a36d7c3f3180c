package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prices through HTTP, with two processors on one store. */
final class PricesFlowIT {

    private static final String L4 =
            """
            {"by": "ana", "gpus": [{"model": "NVIDIA L4", "prices": [
                {"usd_per_hour": %s, "effective_from": "%s", "source": "contract"}]}]}
            """;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir static Path directory;

    private static PipelineFixture fixture;
    private static Processor one;
    private static Processor other;

    @BeforeAll
    static void start() {
        fixture =
                PipelineFixture.withTopics()
                        .with("PRICES_FILE", "example")
                        .with("PRICES_MAX_AGE_S", "0");
        one = Processor.start(fixture.config());
        other = Processor.start(fixture.config());
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
        fixture.close();
    }

    @Test
    void whatIsPutThroughOneProcessorHoldsOnTheOther() throws Exception {
        var before = prices(other, "");

        var put = put(one, L4.formatted("0.71", "2026-06-01T12:30:00Z"));

        assertEquals(200, put.statusCode(), put.body());
        var after = prices(other, "?at=2026-06-01T12:30:00Z");
        assertEquals("0.71", usdPerHour(after));
        assertEquals("0.8048", usdPerHour(prices(other, "?at=2026-06-01T12:29:59.999Z")));
        assertNotEquals(before.getString("version"), after.getString("version"));
        assertEquals(prices(one, "").getString("version"), after.getString("version"));

        var again =
                Document.parse(put(other, L4.formatted("0.710", "2026-06-01T12:30:00Z")).body());
        assertEquals(false, again.getBoolean("changed"));
        assertEquals(after.getString("version"), again.getString("version"));

        assertEquals(200, put(other, L4.formatted("0.5", "2026-06-01T12:30:00Z")).statusCode());
        assertEquals("0.5", usdPerHour(prices(one, "?at=2026-07-01")));
        var history = prices(one, "?history=true").getList("gpus", Document.class);
        assertTrue(
                history.stream().anyMatch(price -> number(price, "usd_per_hour").equals("0.71")),
                "what was replaced stays");
    }

    @Test
    void aBodyThatIsTooLargeOrWrongChangesNothing() throws Exception {
        var before = prices(one, "?history=true");

        assertEquals(413, put(one, " ".repeat((1 << 20) + 1)).statusCode());
        assertEquals(400, put(one, L4.formatted("-1", "2026-06-01")).statusCode());
        assertEquals(400, put(one, "{\"gpus\": [").statusCode());

        assertEquals(before, prices(one, "?history=true"));
    }

    @Test
    void beyondLoopbackATokenIsNeeded() throws Exception {
        var tokens = Files.writeString(directory.resolve("tokens"), "opensesame\n");
        fixture.with("HTTP_HOST", "0.0.0.0");
        try (var without = Processor.start(fixture.config())) {
            assertEquals(403, put(without, L4.formatted("1", "2020-01-01")).statusCode());
            assertEquals(200, get(without, "/prices").statusCode(), "reading needs none");
        }
        fixture.with("HTTP_TOKENS_FILE", tokens.toString());
        try (var with = Processor.start(fixture.config())) {
            var body = L4.replace("L4", "B200").formatted("0.9", "2024-05-01");
            assertEquals(401, put(with, body).statusCode());
            assertEquals(401, put(with, body, "authorization", "Bearer wrong").statusCode());
            assertEquals(200, put(with, body, "authorization", "Bearer opensesame").statusCode());
        } finally {
            fixture.with("HTTP_HOST", "127.0.0.1").with("HTTP_TOKENS_FILE", "");
        }
    }

    private static Document prices(Processor processor, String query) throws Exception {
        var answer = get(processor, "/prices" + query);
        assertEquals(200, answer.statusCode(), answer.body());
        var prices = Document.parse(answer.body());
        if (query.isEmpty()) {
            prices.remove("at");
        }
        return prices;
    }

    private static String usdPerHour(Document prices) {
        return prices.getList("gpus", Document.class).stream()
                .filter(price -> price.getString("model").equals("NVIDIA L4"))
                .map(price -> number(price, "usd_per_hour"))
                .findFirst()
                .orElseThrow();
    }

    private static String number(Document price, String name) {
        return String.valueOf(price.get(name));
    }

    private static HttpResponse<String> get(Processor processor, String target) throws Exception {
        return HTTP.send(request(processor, target).build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> put(Processor processor, String body, String... headers)
            throws Exception {
        var request = request(processor, "/prices").PUT(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(Processor processor, String target) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d%s".formatted(processor.httpPort(), target)));
    }
}
