package gpuanalytics.processor.api;

import gpuanalytics.processor.dashboard.DashboardFiles;
import gpuanalytics.processor.dashboard.StateStream;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.price.Prices;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.AdminEndpoints;
import gpuanalytics.service.http.ByteBudget;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Intake;
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

    /** How many bodies of the largest size may be under way at a path that takes them. */
    private static final int BODIES_AT_ONCE = 4;

    private static final List<String> TABLE_TYPES = List.of(Json.MEDIA_TYPE, Table.CSV_MEDIA_TYPE);

    private Endpoints() {}

    static List<Endpoint> of(
            HttpConfig config,
            StateStream stream,
            ApiSources sources,
            Intake.Admission changes,
            Supplier<HealthReport> health,
            PrometheusMeterRegistry registry,
            HttpMetrics metrics,
            Clock clock) {
        var limits = config.limits();
        var gate = new WorkGate("query", limits.maxConcurrent(), limits.timeout(), metrics);
        return Stream.of(
                        files(),
                        dashboard(config, stream, metrics),
                        AdminEndpoints.of(health, registry, limits.timeout(), metrics),
                        questions(limits, sources.queries(), gate, clock),
                        costs(sources.ledger(), gate, clock),
                        prices(sources.prices(), changes, gate, clock))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Endpoint> files() {
        return List.of(
                Endpoint.file("/api", "text/html; charset=utf-8", PathsPage.RESOURCE)
                        .with(PathsPage.headers()),
                Endpoint.file("/openapi.yaml", "application/yaml", OPENAPI));
    }

    private static List<Endpoint> dashboard(
            HttpConfig config, StateStream stream, HttpMetrics metrics) {
        var page = config.dashboard();
        var gate = new WorkGate("stream", page.maxStreams(), config.limits().timeout(), metrics);
        return Stream.concat(
                        new DashboardFiles(page).endpoints().stream(),
                        Stream.of(stream.endpoint(gate)))
                .toList();
    }

    private static List<Endpoint> questions(
            QueryLimits limits, UsageQueries queries, WorkGate gate, Clock clock) {
        var gpus = new GpuAnswers(queries, limits, clock);
        var tokens = new TokenAnswers(queries, limits, clock);
        return List.of(
                Endpoint.get("/gpu/info", TABLE_TYPES, gpus::info)
                        .taking(GpuAnswers.INFO_PARAMETERS)
                        .behind(gate),
                Endpoint.get("/gpus/{id}/series", TABLE_TYPES, gpus::series)
                        .taking(GpuAnswers.SERIES_PARAMETERS)
                        .behind(gate),
                Endpoint.get("/gpus/series", TABLE_TYPES, gpus::seriesOfNamed)
                        .taking(GpuAnswers.NAMED_SERIES_PARAMETERS)
                        .behind(gate),
                Endpoint.get("/conflicts", TABLE_TYPES, new ConflictAnswers(queries)::respond)
                        .taking(ConflictAnswers.PARAMETERS)
                        .behind(gate),
                Endpoint.get("/tokens", TABLE_TYPES, tokens::respond)
                        .taking(TokenAnswers.PARAMETERS)
                        .behind(gate));
    }

    private static List<Endpoint> costs(LedgerQueries ledger, WorkGate gate, Clock clock) {
        var reconcile = new ReconcileAnswers(ledger, clock);
        return List.of(
                Endpoint.get("/costs", TABLE_TYPES, new CostAnswers(ledger, clock)::respond)
                        .taking(CostParameters.ROWS)
                        .behind(gate),
                Endpoint.get("/waste", TABLE_TYPES, new WasteAnswers(ledger, clock)::respond)
                        .taking(CostParameters.ROWS)
                        .behind(gate),
                Endpoint.get("/reconcile", TABLE_TYPES, reconcile::respond)
                        .taking(ReconcileAnswers.PARAMETERS)
                        .behind(gate));
    }

    private static List<Endpoint> prices(
            Prices prices, Intake.Admission changes, WorkGate gate, Clock clock) {
        var config = prices.config();
        var answers = new PriceAnswers(prices, clock);
        var json = List.of(Json.MEDIA_TYPE);
        var budget = new ByteBudget((long) BODIES_AT_ONCE * config.maxBytes());
        return List.of(
                Endpoint.get("/prices", json, answers::get)
                        .taking(PriceAnswers.PARAMETERS)
                        .behind(gate),
                Endpoint.of(Endpoint.Method.PUT, "/prices", json, answers::put)
                        .accepting(config.maxBytes(), json)
                        .through(new Intake(changes, budget, Intake.OPEN.refusal()))
                        .behind(gate));
    }
}
