package gpuanalytics.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What somebody does when the day is over: puts budgets, of which one is exceeded, and sends events
 * that are refused.
 */
public final class DemoEvening implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger LOG = LoggerFactory.getLogger(DemoEvening.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long LOOK_MS = 500;

    private static final List<Double> SHARES = List.of(0.8, 1.15, 3.0);
    private static final int DAILY_USD = 2000;
    private static final double LEAST_USD = 0.01;

    /** Each has another fault. */
    private static final List<String> REFUSED =
            List.of(
                    "{\"ts\":\"2026-13-01T00:00:00Z\",\"request_id\":\"r-1\",\"model\":\"llama-3.1-8b\",\"prompt_tokens\":12}",
                    "{\"ts\":\"2020-01-01T00:00:00Z\",\"request_id\":\"r-2\",\"model\":\"llama-3.1-8b\",\"prompt_tokens\":-5}",
                    "[{\"host\":\"gpu-node-77\",\"gpu_index\":0,\"utilization\":1.7}]",
                    "no JSON at all");

    /** Answers that another moment may have another of. */
    private static final Set<Integer> BUSY = Set.of(429, 503, 504);

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final String api;
    private final Optional<String> door;
    private final BooleanSupplier dayIsStored;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Thread thread;

    /**
     * Begins to wait for the end of the day.
     *
     * @param api where the processor answers
     * @param door where events are taken over HTTP; empty where nowhere
     * @param dayIsStored whether all of the day has come and is stored
     */
    public DemoEvening(String api, Optional<String> door, BooleanSupplier dayIsStored) {
        this.api = api;
        this.door = door;
        this.dayIsStored = dayIsStored;
        this.thread = Thread.ofVirtual().name("demo-evening").start(this::run);
    }

    /** Waits until all is done; whether that was within the limit. */
    public boolean awaitDone(Duration limit) throws InterruptedException {
        return done.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run() {
        try {
            while (!dayIsStored.getAsBoolean()) {
                if (closed.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            if (door.isPresent()) {
                for (var body : REFUSED) {
                    ask("POST", door.get() + "/v1/events", body);
                }
                for (var body : saidAgain()) {
                    ask("POST", door.get() + "/v1/events", body);
                }
            }
            if (JSON.readTree(send("GET", api + "/budgets", "")).path("budgets").isEmpty()) {
                send("PUT", api + "/budgets", budgets().toString());
            } // else they are somebody's own
            done.countDown();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("the demonstration is without budgets or rejects");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** By what each team has spent since the month began: one too little, one scarce, one ample. */
    private ObjectNode budgets() throws IOException, InterruptedException {
        var month = LocalDate.now(ZoneOffset.UTC).withDayOfMonth(1);
        var costs = send("GET", "%s/costs?from=%s&group_by=team".formatted(api, month), "");
        var list = JSON.createObjectNode().put("by", "demo");
        var budgets = list.putArray("budgets");
        var teams = sortedByCost(JSON.readTree(costs).path("rows")).iterator();
        for (var share : SHARES) {
            if (teams.hasNext()) {
                var row = teams.next();
                var team = row.get("team").asText();
                budgets.addObject()
                        .put("name", "team " + team)
                        .put("team", team)
                        .put("period", "month")
                        .put("usd", cents(row.at("/usd/total").asDouble() * share));
            }
        }
        budgets.addObject().put("name", "everything").put("period", "day").put("usd", DAILY_USD);
        return list;
    }

    /** One event twice, another under its identity, and a request id that somebody else uses. */
    private static List<String> saidAgain() {
        var at = Instant.now();
        return List.of(
                usage(at, "e-1", "r-10", "ada", 100),
                usage(at, "e-1", "r-10", "ada", 100),
                usage(at, "e-1", "r-10", "ada", 999),
                usage(at, "", "r-11", "ada", 100),
                usage(at, "", "r-11", "bo", 70));
    }

    private static String usage(
            Instant at, String eventId, String requestId, String user, int tokens) {
        var event =
                JSON.createObjectNode()
                        .put("ts", at.toString())
                        .put("request_id", requestId)
                        .put("model", "llama-3.1-8b")
                        .put("team", Incidents.WASTER)
                        .put("user", user)
                        .put("prompt_tokens", tokens);
        return eventId.isEmpty() ? event.toString() : event.put("event_id", eventId).toString();
    }

    private static List<JsonNode> sortedByCost(JsonNode rows) {
        return rows.valueStream()
                .filter(row -> !row.path("team").isNull() && row.at("/usd/total").isNumber())
                .sorted(
                        (a, b) ->
                                Double.compare(
                                        b.at("/usd/total").asDouble(),
                                        a.at("/usd/total").asDouble()))
                .toList();
    }

    private static double cents(double usd) {
        return Math.max(LEAST_USD, Math.rint(usd * 100) / 100);
    }

    /** Once more where the processor is too busy, as a day that has just come may make it. */
    private String send(String method, String address, String body)
            throws IOException, InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var answer = ask(method, address, body);
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            if (!BUSY.contains(answer.statusCode()) || System.nanoTime() > giveUp) {
                throw new IOException(
                        "%s %s is answered %d: %s"
                                .formatted(method, address, answer.statusCode(), answer.body()));
            }
            if (closed.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
                throw new InterruptedException("the demonstration ends");
            }
        }
    }

    /** The doors refuse what they are to refuse. */
    private HttpResponse<String> ask(String method, String address, String body)
            throws IOException, InterruptedException {
        var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        var request =
                HttpRequest.newBuilder(URI.create(address))
                        .timeout(TIMEOUT)
                        .header("content-type", "application/json")
                        .method(method, publisher)
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        client.shutdownNow();
    }
}
