package gpuanalytics.processor.api;

import gpuanalytics.processor.dashboard.PipelineState;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.service.health.HealthReport;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** An HTTP interface that really listens, over queries that the test answers. */
final class RunningApi implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-01-31T12:00:30Z");
    static final Instant SINCE = Instant.parse("2026-01-31T11:00:00Z");

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(50);

    final FakeUsageQueries queries = new FakeUsageQueries();
    final FakeLedgerQueries ledger = new FakeLedgerQueries();
    final FakePrices prices = new FakePrices();
    final FakeBudgets budgets = new FakeBudgets();
    final FakeLetters letters = new FakeLetters();
    final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    volatile HealthReport health = health(true, true);
    volatile PipelineState.Counts counts = new PipelineState.Counts(9, 5, 3, 1, -1, 12);

    private final HttpClient client = HttpClient.newHttpClient();
    final HttpApi api;

    RunningApi(QueryLimits limits) {
        this(new HttpConfig("127.0.0.1", 0, limits));
    }

    RunningApi(HttpConfig config) {
        api =
                HttpApi.start(
                        config,
                        new ApiSources(queries, ledger, prices, budgets, letters),
                        this::state,
                        metrics,
                        Clock.fixed(NOW, ZoneOffset.UTC));
    }

    /** With room for exports: a slot is held a moment longer than its answer takes to read. */
    RunningApi() {
        this(HttpConfigs.withExports(64));
    }

    PipelineState state() {
        return new PipelineState(NOW, counts, Double.NaN, false, health);
    }

    static HealthReport health(boolean live, boolean storeUp) {
        return new HealthReport(
                live, List.of(new HealthReport.Part("store", storeUp, "no primary", SINCE)));
    }

    HttpResponse<String> get(String target, String... headers) {
        return send("GET", target, headers);
    }

    HttpResponse<String> send(String method, String target, String... headers) {
        return send(request(method, target), headers);
    }

    HttpResponse<String> put(String target, String body, String... headers) {
        return sendBody("PUT", target, body, headers);
    }

    HttpResponse<String> post(String target, String body, String... headers) {
        return sendBody("POST", target, body, headers);
    }

    HttpResponse<String> sendBody(String method, String target, String body, String... headers) {
        var content = HttpRequest.BodyPublishers.ofString(body);
        return send(request(method, target).method(method, content), headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) {
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpRequest.Builder request(String method, String target) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.port() + target))
                .timeout(ANSWER_LIMIT)
                .method(method, HttpRequest.BodyPublishers.noBody());
    }

    HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        api.close();
        client.shutdownNow();
    }
}
