package gpuanalytics.processor.ledger;

import java.util.List;

/**
 * The questions about money. Every call blocks until it has the whole answer and may be
 * interrupted; it throws what {@link gpuanalytics.processor.query.UsageQueries} says.
 */
public interface LedgerQueries {

    /** What was spent, by group and time. */
    CostReport costs(CostQuery query);

    /**
     * The same of several questions in one reading, which costs little more than one of them.
     *
     * @param queries at least one, all about one time and none about single GPUs
     */
    List<CostReport> costs(List<CostQuery> queries);

    /** What it would have cost otherwise; a name that the price book does not know is refused. */
    WhatIfReport whatIf(WhatIfQuery query);

    /** What GPU time was wasted, by owner. */
    WasteReport waste(CostQuery query);

    /**
     * Which models' GPUs could hold each other, by memory and by how busy they are; {@code groupBy}
     * is not looked at.
     */
    SharingReport sharing(CostQuery query);

    /**
     * Every entry of the ledger, step by step; {@code groupBy} is not looked at.
     *
     * @return rows, the first of which is read when they are asked for
     */
    LedgerExport<LedgerLine> lines(CostQuery query);

    /** Every charge, step by step, in the same way. */
    LedgerExport<Charge> charges(CostQuery query);
}
