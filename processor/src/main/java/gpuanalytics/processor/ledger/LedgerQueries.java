package gpuanalytics.processor.ledger;

/**
 * The questions about money. Every call blocks until it has the whole answer and may be
 * interrupted; it throws what {@link gpuanalytics.processor.query.UsageQueries} says.
 */
public interface LedgerQueries {

    /** What was spent, by group and time. */
    CostReport costs(CostQuery query);

    /** What GPU time was wasted, by owner. */
    WasteReport waste(CostQuery query);
}
