package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.price.Prices;
import gpuanalytics.processor.query.UsageQueries;

/**
 * What questions are answered from.
 *
 * @param queries what was used
 * @param ledger what it has cost
 * @param prices what it costs
 */
public record ApiSources(UsageQueries queries, LedgerQueries ledger, Prices prices) {}
