package gpuanalytics.placement.rehearse;

import gpuanalytics.placement.policy.Policy;
import gpuanalytics.placement.policy.Search;
import java.util.List;

/**
 * What is rehearsed.
 *
 * @param policies the policies, each once
 * @param present the one of them that is used today, with which the others are compared
 * @param seeds how often each is run, every time with another order of requests and nodes
 * @param firstSeed the first run's seed; the others count up from it
 * @param search how nodes are looked for
 * @param targetPercent requests arrive until they ask for so much of all GPUs
 * @param compareAtPercent at which arrival policies are compared
 */
public record RehearsalPlan(
        List<Policy> policies,
        Policy present,
        int seeds,
        long firstSeed,
        Search search,
        int targetPercent,
        int compareAtPercent) {

    /** As published. */
    public static final int DEFAULT_TARGET_PERCENT = 130;

    public static final int DEFAULT_COMPARE_AT_PERCENT = 100;
    public static final int DEFAULT_SEEDS = 10;
    public static final long DEFAULT_FIRST_SEED = 42;
    public static final double DEFAULT_TYPICAL_PERCENT = 95;
    public static final int MAX_TARGET_PERCENT = 1000;

    public RehearsalPlan {
        policies = List.copyOf(policies);
    }
}
