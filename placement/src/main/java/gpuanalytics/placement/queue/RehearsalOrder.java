package gpuanalytics.placement.queue;

import gpuanalytics.placement.input.RehearsalInput;
import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.rehearse.RehearsalPlan;
import gpuanalytics.placement.rehearse.Scenario;

/**
 * A rehearsal that is wanted.
 *
 * @param input where its nodes and pods are from, and what is not known of them
 * @param workload these in numbers
 * @param plan how
 * @param prices what its GPUs cost
 */
public record RehearsalOrder(
        RehearsalInput input, Scenario workload, RehearsalPlan plan, GpuPrices prices) {

    /** How many runs it has. */
    int runs() {
        return plan.policies().size() * plan.seeds();
    }

    /** About how many decisions it takes. */
    double decisions() {
        return workload.arrivals(plan.targetPercent()) * runs();
    }

    /** How many numbers its results hold of strandings. */
    double cells() {
        return (double) workload.kinds().size() * workload.models().size() * runs();
    }
}
