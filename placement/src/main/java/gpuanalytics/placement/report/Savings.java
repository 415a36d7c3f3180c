package gpuanalytics.placement.report;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.rehearse.PolicyResult;
import gpuanalytics.placement.rehearse.RehearsalResult;
import gpuanalytics.placement.rehearse.Spread;
import java.util.ArrayList;

/** What another policy than the present one is worth. */
final class Savings {

    private Savings() {}

    /** GPUs that are in use under a policy and lie idle under the present one, seed by seed. */
    static Spread gpus(RehearsalResult result, PolicyResult policy) {
        var present = result.of(result.plan().present());
        double gpus = result.workload().gpuMilli() / (double) Node.GPU_MILLI;
        int at = result.plan().compareAtPercent();
        var values = new ArrayList<Double>();
        for (int seed = 0; seed < policy.seeds().size(); seed++) {
            double more =
                    policy.seeds().get(seed).allocatedPercent().at(at)
                            - present.seeds().get(seed).allocatedPercent().at(at);
            values.add(more / 100 * gpus);
        }
        return Spread.of(values);
    }
}
