package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.AdminEndpoints;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.WorkGate;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Every path there is; {@code openapi.yaml} says the same. */
final class Endpoints {

    static final String OPENAPI = "openapi.yaml";

    static final int MAX_CONCURRENT_SCRAPES = AdminEndpoints.MAX_CONCURRENT_SCRAPES;

    private static final List<String> TABLE_TYPES = List.of(Json.MEDIA_TYPE, Table.CSV_MEDIA_TYPE);

    private Endpoints() {}

    static List<Endpoint> of(
            QueryLimits limits,
            UsageQueries queries,
            LedgerQueries ledger,
            Supplier<HealthReport> health,
            PrometheusMeterRegistry registry,
            HttpMetrics metrics,
            Clock clock) {
        return Stream.of(
                        files(),
                        AdminEndpoints.of(health, registry, limits.timeout(), metrics),
                        questions(limits, queries, ledger, metrics, clock))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Endpoint> files() {
        return List.of(
                Endpoint.file("/", "text/html; charset=utf-8", StartPage.RESOURCE)
                        .with(StartPage.headers()),
                Endpoint.file("/openapi.yaml", "application/yaml", OPENAPI));
    }

    private static List<Endpoint> questions(
            QueryLimits limits,
            UsageQueries queries,
            LedgerQueries ledger,
            HttpMetrics metrics,
            Clock clock) {
        var gate = new WorkGate("query", limits.maxConcurrent(), limits.timeout(), metrics);
        return Stream.concat(usage(limits, queries, clock).stream(), costs(ledger, clock).stream())
                .map(endpoint -> endpoint.behind(gate))
                .toList();
    }

    private static List<Endpoint> costs(LedgerQueries ledger, Clock clock) {
        return List.of(
                Endpoint.get("/costs", TABLE_TYPES, new CostAnswers(ledger, clock)::respond)
                        .taking(CostParameters.ROWS),
                Endpoint.get("/waste", TABLE_TYPES, new WasteAnswers(ledger, clock)::respond)
                        .taking(CostParameters.ROWS),
                Endpoint.get(
                                "/reconcile",
                                TABLE_TYPES,
                                new ReconcileAnswers(ledger, clock)::respond)
                        .taking(ReconcileAnswers.PARAMETERS));
    }

    private static List<Endpoint> usage(QueryLimits limits, UsageQueries queries, Clock clock) {
        var gpus = new GpuAnswers(queries, limits, clock);
        var tokens = new TokenAnswers(queries, limits, clock);
        return List.of(
                Endpoint.get("/gpu/info", TABLE_TYPES, gpus::info)
                        .taking(GpuAnswers.INFO_PARAMETERS),
                Endpoint.get("/gpus/{id}/series", TABLE_TYPES, gpus::series)
                        .taking(GpuAnswers.SERIES_PARAMETERS),
                Endpoint.get("/gpus/series", TABLE_TYPES, gpus::seriesOfNamed)
                        .taking(GpuAnswers.NAMED_SERIES_PARAMETERS),
                Endpoint.get("/conflicts", TABLE_TYPES, new ConflictAnswers(queries)::respond)
                        .taking(ConflictAnswers.PARAMETERS),
                Endpoint.get("/tokens", TABLE_TYPES, tokens::respond)
                        .taking(TokenAnswers.PARAMETERS));
    }
}
