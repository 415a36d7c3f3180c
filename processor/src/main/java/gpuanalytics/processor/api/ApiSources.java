package gpuanalytics.processor.api;

import gpuanalytics.processor.price.Prices;
import gpuanalytics.processor.query.UsageQueries;

/**
 * What questions are answered from.
 *
 * @param queries what was used
 * @param prices what it costs
 */
public record ApiSources(UsageQueries queries, Prices prices) {}
