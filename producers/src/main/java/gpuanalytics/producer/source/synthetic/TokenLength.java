package gpuanalytics.producer.source.synthetic;

import java.util.random.RandomGenerator;

/**
 * How long prompts or completions are: a log-normal distribution, which the lengths of public
 * traces follow closely.
 *
 * @param median tokens that half of them do not exceed
 * @param p90 tokens that nine of ten do not exceed
 */
record TokenLength(double median, double p90) {

    /** The 90th percentile of the standard normal distribution. */
    private static final double NORMAL_P90 = 1.2816;

    /**
     * A length, at least 1.
     *
     * @param factor 1 for the lengths as they are
     */
    int draw(RandomGenerator random, double factor, long max) {
        double sigma = StrictMath.log(p90 / median) / NORMAL_P90;
        double drawn = factor * median * StrictMath.exp(sigma * random.nextGaussian());
        return (int) Math.clamp(Math.round(drawn), 1L, Math.max(max, 1));
    }
}
