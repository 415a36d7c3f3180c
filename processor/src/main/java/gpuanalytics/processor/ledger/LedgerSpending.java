package gpuanalytics.processor.ledger;

import gpuanalytics.processor.budget.SpendScope;
import gpuanalytics.processor.budget.Spending;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Spending as the ledger has it, on the basis that adds up to the bill. */
public final class LedgerSpending implements Spending {

    private final LedgerQueries queries;

    public LedgerSpending(LedgerQueries queries) {
        this.queries = queries;
    }

    @Override
    public List<Spent> totals(List<SpendScope> scopes, Instant from, Instant to) {
        return costs(scopes, from, to, new Step.Total()).stream()
                .map(LedgerSpending::spent)
                .toList();
    }

    private static Spent spent(CostReport report) {
        var totals = report.totals();
        var usd = totals.usd();
        var time = totals.time();
        return new Spent(
                usd == null ? BigDecimal.ZERO : usd.total(),
                totals.tokens().unpriced() == 0 && (time == null || time.unpriced() == 0));
    }

    @Override
    public List<SortedMap<Instant, BigDecimal>> hourly(
            List<SpendScope> scopes, Instant from, Instant to) {
        return costs(scopes, from, to, new Step.Fixed(LedgerParts.HOUR)).stream()
                .map(LedgerSpending::byHour)
                .toList();
    }

    private static SortedMap<Instant, BigDecimal> byHour(CostReport report) {
        var byHour = new TreeMap<Instant, BigDecimal>();
        for (var row : report.rows()) {
            var usd = row.cost().usd();
            if (usd != null) {
                byHour.merge(row.start(), usd.total(), BigDecimal::add);
            }
        }
        return byHour;
    }

    private List<CostReport> costs(List<SpendScope> scopes, Instant from, Instant to, Step step) {
        if (scopes.isEmpty()) {
            return List.of();
        }
        var window = QueryWindow.of(from, to, step);
        return queries.costs(
                scopes.stream()
                        .map(
                                scope ->
                                        new CostQuery(
                                                window,
                                                List.of(),
                                                filters(scope),
                                                Basis.ALLOCATION))
                        .toList());
    }

    private static Map<CostDimension, List<String>> filters(SpendScope scope) {
        var filters = new EnumMap<CostDimension, List<String>>(CostDimension.class);
        put(filters, CostDimension.TEAM, scope.team());
        put(filters, CostDimension.USER, scope.user());
        put(filters, CostDimension.MODEL, scope.model());
        put(filters, CostDimension.PROJECT, scope.project());
        return filters;
    }

    private static void put(
            Map<CostDimension, List<String>> filters,
            CostDimension dimension,
            Optional<String> value) {
        value.ifPresent(text -> filters.put(dimension, List.of(text)));
    }
}
