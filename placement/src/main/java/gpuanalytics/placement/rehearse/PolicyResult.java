package gpuanalytics.placement.rehearse;

import gpuanalytics.placement.policy.Policy;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What came of a policy.
 *
 * @param policy the policy
 * @param seeds its runs in the order of their seeds
 */
public record PolicyResult(Policy policy, List<SeedResult> seeds) {

    public PolicyResult {
        seeds = List.copyOf(seeds);
    }

    /** How much of all GPUs is allocated when so many percent have been asked for. */
    public Spread allocatedPercent(int atPercent) {
        return spread(seed -> seed.allocatedPercent().at(atPercent));
    }

    /** How much of what is not allocated is of no use for typical requests. */
    public Spread fragmentedPercent(int atPercent) {
        return spread(seed -> seed.fragmentedPercent().at(atPercent));
    }

    /** The spread of anything that a run tells. */
    public Spread spread(ToDoubleFunction<SeedResult> value) {
        return Spread.of(seeds.stream().map(value::applyAsDouble).toList());
    }
}
