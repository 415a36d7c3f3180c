package gpuanalytics.processor.series;

/**
 * How many series a bucket of an hour may have.
 *
 * @param tokens series of token usages
 * @param gpus GPUs and MIG instances
 */
public record SeriesLimits(int tokens, int gpus) {}
