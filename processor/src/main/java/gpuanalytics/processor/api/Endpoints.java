package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.processor.health.HealthReport;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.UsageQueries;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Every path there is; {@code openapi.yaml} says the same. */
final class Endpoints {

    static final String OPENAPI = "openapi.yaml";

    private static final String YAML = "application/yaml";
    private static final String HTML = "text/html";
    private static final String TEXT = "text/plain";
    private static final String OPEN_METRICS = "application/openmetrics-text";

    private static final List<String> TABLE_TYPES = List.of(Json.MEDIA_TYPE, Table.CSV_MEDIA_TYPE);

    /** Scrapes have their own bound: metrics are wanted most when queries are too many. */
    static final int MAX_CONCURRENT_SCRAPES = 4;

    private Endpoints() {}

    static List<Endpoint> of(
            Vertx vertx,
            QueryLimits limits,
            UsageQueries queries,
            Supplier<HealthReport> health,
            PrometheusMeterRegistry metrics,
            Clock clock) {
        var queryGate =
                new WorkGate(vertx, "query", limits.maxConcurrent(), limits.timeout(), metrics);
        var scrapeGate =
                new WorkGate(vertx, "scrape", MAX_CONCURRENT_SCRAPES, limits.timeout(), metrics);
        var states = new HealthAnswers(health);
        var gpus = new GpuAnswers(queries, clock);
        var tokens = new TokenAnswers(queries, clock);
        return List.of(
                atHand(
                        "/",
                        HTML,
                        file(HTML + "; charset=utf-8", StartPage.RESOURCE, StartPage.headers())),
                atHand("/openapi.yaml", YAML, file(YAML, OPENAPI, Map.of())),
                atHand("/health", Json.MEDIA_TYPE, _ -> states.ready()),
                atHand("/health/live", Json.MEDIA_TYPE, _ -> states.live()),
                atHand("/health/ready", Json.MEDIA_TYPE, _ -> states.ready()),
                new Endpoint(
                        "/metrics",
                        List.of(TEXT, OPEN_METRICS),
                        List.of(),
                        scrapeGate,
                        request -> scrape(metrics, request.mediaType())),
                new Endpoint(
                        "/gpu/info",
                        TABLE_TYPES,
                        GpuAnswers.INFO_PARAMETERS,
                        queryGate,
                        gpus::info),
                new Endpoint(
                        "/gpus/{id}/series",
                        TABLE_TYPES,
                        GpuAnswers.SERIES_PARAMETERS,
                        queryGate,
                        gpus::series),
                new Endpoint(
                        "/tokens",
                        TABLE_TYPES,
                        TokenAnswers.PARAMETERS,
                        queryGate,
                        tokens::respond));
    }

    private static Endpoint atHand(String path, String mediaType, Endpoint.Responder responder) {
        return new Endpoint(path, List.of(mediaType), List.of(), null, responder);
    }

    private static Endpoint.Responder file(
            String contentType, String resource, Map<String, String> headers) {
        var answer = new Answer(200, contentType, Resource.read(resource), headers);
        return _ -> answer;
    }

    private static Answer scrape(PrometheusMeterRegistry metrics, String mediaType) {
        var contentType =
                mediaType.equals(OPEN_METRICS)
                        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                        : "text/plain; version=0.0.4; charset=utf-8";
        return Answer.ok(contentType, metrics.scrape(contentType).getBytes(UTF_8));
    }
}
