package gpuanalytics.local.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** The end of the demonstration's day, beside a processor that has too much to do at first. */
class DemoEveningTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What was asked, with the status of its answer. */
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

    private void answer(HttpExchange exchange, int busy) throws IOException {
        var what = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        var status = asked.stream().filter(each -> each.startsWith(what)).count() < 1 ? busy : 200;
        asked.add("%s %d".formatted(what, status));
        var body = "{}".getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Test
    void asksOnceMoreWhereTheProcessorIsBusy() throws Exception {
        for (int busy : List.of(429, 503, 504)) {
            asked.clear();
            var server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> answer(exchange, busy));
            server.start();
            var api = "http://127.0.0.1:%d".formatted(server.getAddress().getPort());
            try (var evening = new DemoEvening(api, Optional.empty(), () -> true)) {
                assertTrue(evening.awaitDone(LIMIT), "the day did not end");
            } finally {
                server.stop(0);
            }
            assertEquals(
                    List.of(
                            "GET /budgets " + busy,
                            "GET /budgets 200",
                            "GET /costs " + busy,
                            "GET /costs 200",
                            "PUT /budgets " + busy,
                            "PUT /budgets 200"),
                    List.copyOf(asked));
        }
    }
}
