package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.ledger.CostReport.Energy;
import gpuanalytics.processor.ledger.CostReport.GpuTime;
import gpuanalytics.processor.ledger.CostReport.Row;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers {@code /costs}. */
final class CostAnswers {

    /** The members of a cost, in a row and in the totals alike. */
    static final List<Column<Cost>> COSTS = columns();

    private final LedgerQueries queries;
    private final Clock clock;

    CostAnswers(LedgerQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    Answer respond(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var report = queries.costs(CostParameters.read(parameters, clock));
        var covered = new CoverageParts(report.coverage(), parameters.zone());
        var table = new Table<>(columns(report, covered), report.rows());
        var answer =
                request.mediaType().equals(Table.CSV_MEDIA_TYPE)
                        ? table.csv()
                        : Answer.ok(
                                Json.MEDIA_TYPE,
                                Json.streamed(json -> write(json, report, covered, table)));
        return CostParts.inHeader(covered.inHeader(answer), report.notes());
    }

    private static void write(
            JsonGenerator json, CostReport report, CoverageParts covered, Table<Row> table)
            throws IOException {
        json.writeStartObject();
        covered.write(json);
        CostParts.write(json, report.groupBy(), report.notes());
        json.writeFieldName("rows");
        table.writeTo(json);
        json.writeFieldName("totals");
        Table.writeObject(json, COSTS, report.totals(), true);
        json.writeEndObject();
    }

    private static List<Column<Row>> columns(CostReport report, CoverageParts covered) {
        var columns = new ArrayList<Column<Row>>();
        columns.add(new Column<>("ts", row -> covered.local(row.start())));
        columns.addAll(CostParts.groupColumns(report.groupBy(), Row::group));
        for (var cost : COSTS) {
            columns.add(new Column<>(cost.name(), row -> cost.value().apply(row.cost())));
        }
        columns.add(CostParts.foldedColumn(report.groupBy(), Row::group));
        return columns;
    }

    private static List<Column<Cost>> columns() {
        return List.of(
                usd("attributed", Dollars::attributed),
                usd("idle", Dollars::idle),
                usd("unknown", Dollars::unknown),
                usd("total", Dollars::total),
                new Column<>("usd_per_million_tokens", cost -> cost.rates().usdPerMillion()),
                new Column<>(
                        "usd_per_million_input_tokens", cost -> cost.rates().usdPerMillionInput()),
                new Column<>(
                        "usd_per_million_output_tokens",
                        cost -> cost.rates().usdPerMillionOutput()),
                new Column<>("requests", cost -> cost.tokens().requests()),
                new Column<>("errors", cost -> cost.tokens().errors()),
                new Column<>("prompt_tokens", cost -> cost.tokens().prompt()),
                new Column<>("completion_tokens", cost -> cost.tokens().completion()),
                new Column<>("cached_prompt_tokens", cost -> cost.tokens().cachedPrompt()),
                new Column<>("cache_write_tokens", cost -> cost.tokens().cacheWrite()),
                new Column<>("reasoning_tokens", cost -> cost.tokens().reasoning()),
                new Column<>("unpriced_tokens", cost -> cost.tokens().unpriced()),
                new Column<>("cut_requests", cost -> cost.tokens().cutRequests()),
                gpuSeconds("attributed", GpuTime::attributed),
                gpuSeconds("idle", GpuTime::idle),
                gpuSeconds("unknown", GpuTime::unknown),
                gpuSeconds("unpriced", GpuTime::unpriced),
                joules("attributed", Energy::attributed),
                joules("idle", Energy::idle),
                joules("unknown", Energy::unknown),
                new Column<>("joules_per_token", cost -> cost.rates().joulesPerToken()),
                new Column<>("coverage", Cost::coverage),
                new Column<>("method", Cost::method));
    }

    private static Column<Cost> usd(String part, Function<Dollars, Object> value) {
        return of("usd." + part, Cost::usd, value);
    }

    private static Column<Cost> gpuSeconds(String part, Function<GpuTime, Object> value) {
        return of("gpu_s." + part, Cost::time, value);
    }

    private static Column<Cost> joules(String part, Function<Energy, Object> value) {
        return of("energy_j." + part, Cost::energy, value);
    }

    /** A member of what may be absent. */
    private static <T> Column<Cost> of(
            String name, Function<Cost, @Nullable T> of, Function<T, Object> value) {
        return new Column<>(
                name,
                cost -> {
                    var found = of.apply(cost);
                    return found == null ? null : value.apply(found);
                });
    }
}
