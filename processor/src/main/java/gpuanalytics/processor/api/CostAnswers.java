package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.ledger.CostReport.Energy;
import gpuanalytics.processor.ledger.CostReport.GpuTime;
import gpuanalytics.processor.ledger.CostReport.Row;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers {@code /costs}. */
final class CostAnswers {

    /** The members of a cost, in a row and in the totals alike. */
    static final List<Column<Cost>> COSTS = columns();

    private static final CostTable<Row, Cost> TABLE =
            new CostTable<>(COSTS, Row::start, Row::group, Row::cost);

    private final LedgerQueries queries;
    private final Clock clock;

    CostAnswers(LedgerQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    Answer respond(Endpoint.Request request) {
        return TABLE.answer(request, clock, queries::costs);
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
