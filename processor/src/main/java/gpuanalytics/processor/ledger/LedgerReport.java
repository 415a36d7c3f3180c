package gpuanalytics.processor.ledger;

import gpuanalytics.processor.query.Coverage;
import java.util.List;

/**
 * What every answer of the ledger has.
 *
 * @param <R> one group in one step
 * @param <V> what a row tells of it, and the totals of all
 */
public sealed interface LedgerReport<R, V> permits CostReport, WasteReport {

    /** When, in whole hours. */
    Coverage coverage();

    /** What the rows are grouped by. */
    List<CostDimension> groupBy();

    /** By time, then by group. */
    List<R> rows();

    /** All rows together. */
    V totals();

    /** What the reader must know. */
    CostReport.Notes notes();
}
