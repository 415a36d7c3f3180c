package gpuanalytics.placement.rehearse;

import gpuanalytics.placement.policy.Policy;
import java.util.List;

/**
 * What came of a rehearsal.
 *
 * @param workload what was replayed
 * @param plan how
 * @param policies what came of each policy, in the plan's order
 */
public record RehearsalResult(Scenario workload, RehearsalPlan plan, List<PolicyResult> policies) {

    public RehearsalResult {
        policies = List.copyOf(policies);
    }

    /** What came of a policy of the plan. */
    public PolicyResult of(Policy policy) {
        return policies.get(plan.policies().indexOf(policy));
    }
}
