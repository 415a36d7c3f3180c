package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.ledger.WasteReport;
import java.util.List;
import java.util.function.Function;

/** Answers as the test says. */
final class FakeLedgerQueries implements LedgerQueries {

    volatile Function<CostQuery, CostReport> costs = Costs::report;
    volatile Function<CostQuery, WasteReport> waste = Costs::waste;

    @Override
    public CostReport costs(CostQuery query) {
        return costs.apply(query);
    }

    @Override
    public List<CostReport> costs(List<CostQuery> queries) {
        return queries.stream().map(costs).toList();
    }

    @Override
    public WasteReport waste(CostQuery query) {
        return waste.apply(query);
    }
}
