package gpuanalytics.processor.api;

import gpuanalytics.processor.bill.BillLimits;
import gpuanalytics.processor.bill.BillReader;
import gpuanalytics.processor.budget.Budgets;
import gpuanalytics.processor.dashboard.DashboardFiles;
import gpuanalytics.processor.dashboard.StateStream;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.letter.Letters;
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

    private static final int BILLS_AT_ONCE = 2;

    private static final List<String> JSON_TYPE = List.of(Json.MEDIA_TYPE);

    /** Bodies are JSON, also where curl -d calls them a form. */
    private static final List<String> BODY_TYPES =
            List.of(Json.MEDIA_TYPE, "application/x-www-form-urlencoded");

    private static final List<String> TABLE_TYPES = List.of(Json.MEDIA_TYPE, Table.CSV_MEDIA_TYPE);

    /** Bills are CSV, perhaps gzipped, also where curl --data-binary calls them a form. */
    private static final List<String> BILL_TYPES =
            List.of(
                    Table.CSV_MEDIA_TYPE,
                    "application/gzip",
                    "application/x-gzip",
                    "application/octet-stream",
                    "application/x-www-form-urlencoded");

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
                        rejects(sources.letters(), gate),
                        costs(sources.ledger(), gate, clock),
                        reconcile(config.bills(), sources.ledger(), gate, clock),
                        exports(config, sources, metrics, clock),
                        prices(sources.prices(), changes, gate, clock),
                        budgets(sources.budgets(), changes, gate))
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

    private static List<Endpoint> rejects(Letters letters, WorkGate gate) {
        return List.of(
                Endpoint.get("/rejects", TABLE_TYPES, new RejectAnswers(letters)::respond)
                        .taking(RejectAnswers.PARAMETERS)
                        .behind(gate));
    }

    private static List<Endpoint> costs(LedgerQueries ledger, WorkGate gate, Clock clock) {
        var whatIf = new WhatIfAnswers(ledger, clock);
        var sharing = new SharingAnswers(ledger, clock);
        return List.of(
                Endpoint.get("/costs", TABLE_TYPES, new CostAnswers(ledger, clock)::respond)
                        .taking(CostParameters.ROWS)
                        .behind(gate),
                Endpoint.get("/costs/what-if", TABLE_TYPES, whatIf::respond)
                        .taking(WhatIfAnswers.PARAMETERS)
                        .behind(gate),
                Endpoint.get("/waste", TABLE_TYPES, new WasteAnswers(ledger, clock)::respond)
                        .taking(CostParameters.ROWS)
                        .behind(gate),
                Endpoint.get("/waste/sharing", TABLE_TYPES, sharing::respond)
                        .taking(CostParameters.WHAT)
                        .behind(gate));
    }

    /** A bill is read and kept nowhere, so that whoever may ask may send one. */
    private static List<Endpoint> reconcile(
            BillLimits limits, LedgerQueries ledger, WorkGate gate, Clock clock) {
        var reconcile = new ReconcileAnswers(ledger, new BillReader(limits), clock);
        var bodies = new ByteBudget((long) BILLS_AT_ONCE * limits.maxBytes());
        return List.of(
                Endpoint.get("/reconcile", TABLE_TYPES, reconcile::respond)
                        .taking(ReconcileAnswers.PARAMETERS)
                        .behind(gate),
                Endpoint.of(
                                Endpoint.Method.POST,
                                "/reconcile",
                                TABLE_TYPES,
                                reconcile::respondToFile)
                        .taking(ReconcileAnswers.FILE_PARAMETERS)
                        .accepting(limits.maxBytes(), BILL_TYPES)
                        .through(new Intake(Intake.OPEN.admission(), bodies, Intake.OPEN.refusal()))
                        .behind(gate));
    }

    /** Exports have slots of their own: they last as long as their reader takes. */
    private static List<Endpoint> exports(
            HttpConfig config, ApiSources sources, HttpMetrics metrics, Clock clock) {
        var gate =
                new WorkGate(
                        "export",
                        config.exports().maxConcurrent(),
                        config.limits().timeout(),
                        metrics);
        var answers =
                new ExportAnswers(sources.ledger(), sources.prices(), config.exports(), clock);
        var csv = List.of(Table.CSV_MEDIA_TYPE);
        return List.of(
                Endpoint.get("/exports/ledger.csv", csv, answers::ledger)
                        .taking(ExportAnswers.LEDGER_PARAMETERS)
                        .behind(gate),
                Endpoint.get("/exports/focus.csv", csv, answers::focus)
                        .taking(ExportAnswers.FOCUS_PARAMETERS)
                        .behind(gate));
    }

    private static List<Endpoint> prices(
            Prices prices, Intake.Admission changes, WorkGate gate, Clock clock) {
        var answers = new PriceAnswers(prices, clock);
        return List.of(
                Endpoint.get("/prices", JSON_TYPE, answers::get)
                        .taking(PriceAnswers.PARAMETERS)
                        .behind(gate),
                put("/prices", prices.config().maxBytes(), changes, answers::put).behind(gate));
    }

    private static List<Endpoint> budgets(
            Budgets budgets, Intake.Admission changes, WorkGate gate) {
        var answers = new BudgetAnswers(budgets);
        return List.of(
                Endpoint.get("/budgets", JSON_TYPE, answers::get).behind(gate),
                put("/budgets", budgets.config().maxBytes(), changes, answers::put).behind(gate));
    }

    private static Endpoint put(
            String path, int maxBytes, Intake.Admission changes, Endpoint.Responder responder) {
        var bodies = new ByteBudget((long) BODIES_AT_ONCE * maxBytes);
        return Endpoint.of(Endpoint.Method.PUT, path, JSON_TYPE, responder)
                .accepting(maxBytes, BODY_TYPES)
                .through(new Intake(changes, bodies, Intake.OPEN.refusal()));
    }
}
