package gpuanalytics.bench.doors;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The totals of a run as the processor's interface tells them. */
final class StoredTotals implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest request;

    StoredTotals(URI api, Calls calls) {
        var base = api.toString();
        var path =
                "/tokens?step=total&from=%s&to=%s&model=%s"
                        .formatted(
                                calls.newest().minusSeconds(Calls.SECONDS).minus(MARGIN),
                                calls.newest().plus(MARGIN),
                                calls.model());
        this.request =
                HttpRequest.newBuilder(
                                URI.create(
                                        (base.endsWith("/")
                                                        ? base.substring(0, base.length() - 1)
                                                        : base)
                                                + path))
                        .timeout(TIMEOUT)
                        .build();
    }

    /**
     * Waits until they are what is expected, or have stood still for so long, and tells them.
     *
     * @param check throws where there is nothing to wait for
     */
    Sums await(Sums expected, Duration still, Runnable check)
            throws IOException, InterruptedException {
        var stored = read();
        long since = System.nanoTime();
        while (!stored.equals(expected) && System.nanoTime() - since < still.toNanos()) {
            Thread.sleep(PAUSE);
            check.run();
            var now = read();
            if (!now.equals(stored)) {
                stored = now;
                since = System.nanoTime();
            }
        }
        return stored;
    }

    private Sums read() throws IOException, InterruptedException {
        var response = http.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("%s answers %d".formatted(request.uri(), response.statusCode()));
        }
        var totals = JSON.readTree(response.body()).path("totals");
        return new Sums(
                totals.path("requests").asLong(),
                totals.path("prompt_tokens").asLong(),
                totals.path("completion_tokens").asLong());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
