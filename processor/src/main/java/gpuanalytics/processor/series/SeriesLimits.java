package gpuanalytics.processor.series;

/**
 * How many series a bucket of an hour may have.
 *
 * @param tokens series of token usages with all of their labels
 * @param gpus GPUs and MIG instances
 */
public record SeriesLimits(int tokens, int gpus) {

    private static final int FEWEST_FOLDED = 16;
    private static final int FOLDED_SHARE = 10;

    /** How many series of token usages there may be beside them that have labels folded. */
    int folded() {
        return Math.max(FEWEST_FOLDED, tokens / FOLDED_SHARE);
    }
}
