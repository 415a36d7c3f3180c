package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.Charge;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.ledger.CostReport;
import gpuanalytics.processor.ledger.LedgerExport;
import gpuanalytics.processor.ledger.LedgerLine;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.ledger.SharingReport;
import gpuanalytics.processor.ledger.WasteReport;
import gpuanalytics.processor.ledger.WhatIfQuery;
import gpuanalytics.processor.ledger.WhatIfReport;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Answers as the test says. */
final class FakeLedgerQueries implements LedgerQueries {

    volatile Function<CostQuery, CostReport> costs = Costs::report;
    volatile Function<CostQuery, WasteReport> waste = Costs::waste;
    volatile Function<CostQuery, SharingReport> sharing = Costs::sharing;
    volatile Function<CostQuery, LedgerExport<LedgerLine>> lines = Costs::lines;
    volatile Function<CostQuery, LedgerExport<Charge>> charges = Costs::charges;
    volatile Optional<WhatIfQuery> asked = Optional.empty();

    @Override
    public CostReport costs(CostQuery query) {
        return costs.apply(query);
    }

    @Override
    public List<CostReport> costs(List<CostQuery> queries) {
        return queries.stream().map(costs).toList();
    }

    @Override
    public WhatIfReport whatIf(WhatIfQuery query) {
        asked = Optional.of(query);
        var costs = costs(query.costs());
        return Costs.whatIf(query, costs);
    }

    @Override
    public WasteReport waste(CostQuery query) {
        return waste.apply(query);
    }

    @Override
    public SharingReport sharing(CostQuery query) {
        return sharing.apply(query);
    }

    @Override
    public LedgerExport<LedgerLine> lines(CostQuery query) {
        return lines.apply(query);
    }

    @Override
    public LedgerExport<Charge> charges(CostQuery query) {
        return charges.apply(query);
    }
}
