package gpuanalytics.processor.api;

import gpuanalytics.processor.budget.Budgets;
import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.letter.Letters;
import gpuanalytics.processor.price.Prices;
import gpuanalytics.processor.query.UsageQueries;

/**
 * What questions are answered from.
 *
 * @param queries what was used
 * @param ledger what it has cost
 * @param prices what it costs
 * @param budgets what it may cost
 * @param letters what was rejected
 */
public record ApiSources(
        UsageQueries queries,
        LedgerQueries ledger,
        Prices prices,
        Budgets budgets,
        Letters letters) {}
