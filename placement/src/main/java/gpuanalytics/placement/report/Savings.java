package gpuanalytics.placement.report;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.rehearse.PolicyResult;
import gpuanalytics.placement.rehearse.SeedResult;
import gpuanalytics.placement.rehearse.Spread;
import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleBiFunction;

/** What another policy than the present one is worth. */
final class Savings {

    private static final int HOURS_PER_MONTH = 730;

    private Savings() {}

    /** GPUs that are in use under a policy and lie idle under the present one, seed by seed. */
    static Spread gpus(Findings findings, PolicyResult policy) {
        var result = findings.result();
        double gpus = result.workload().gpuMilli() / (double) Node.GPU_MILLI;
        int at = result.plan().compareAtPercent();
        return bySeed(
                findings,
                policy,
                (run, present) ->
                        (run.allocatedPercent().at(at) - present.allocatedPercent().at(at))
                                / 100
                                * gpus);
    }

    /** What these cost in a month of 730 hours; empty where no GPU of the nodes has a price. */
    static Optional<Spread> usdPerMonth(Findings findings, PolicyResult policy) {
        var workload = findings.result().workload();
        var prices = new ArrayList<OptionalDouble>();
        boolean isAnyKnown = false;
        for (int model = 0; model < workload.models().size(); model++) {
            var price = findings.prices().usdPerHour(workload.models().name(model));
            prices.add(price);
            isAnyKnown |= price.isPresent() && workload.gpus(model) > 0;
        }
        if (!isAnyKnown) {
            return Optional.empty();
        }
        return Optional.of(
                bySeed(
                        findings,
                        policy,
                        (run, present) -> {
                            double usd = 0;
                            for (int model = 0; model < prices.size(); model++) {
                                double more =
                                        run.allocatedByModel().gpus(model)
                                                - present.allocatedByModel().gpus(model);
                                usd += more * prices.get(model).orElse(0) * HOURS_PER_MONTH;
                            }
                            return usd;
                        }));
    }

    private static Spread bySeed(
            Findings findings,
            PolicyResult policy,
            ToDoubleBiFunction<SeedResult, SeedResult> value) {
        var present = findings.result().of(findings.result().plan().present());
        var values = new ArrayList<Double>();
        for (int seed = 0; seed < policy.seeds().size(); seed++) {
            values.add(value.applyAsDouble(policy.seeds().get(seed), present.seeds().get(seed)));
        }
        return Spread.of(values);
    }
}
