package gpuanalytics.placement.report;

import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.rehearse.RehearsalResult;
import java.util.ArrayList;
import java.util.List;

/**
 * What is reported.
 *
 * @param result what came of the rehearsal
 * @param prices what its GPUs cost
 * @param points the arrivals that are told, in percent of all GPUs
 */
public record Findings(RehearsalResult result, GpuPrices prices, List<Integer> points) {

    /** As the FGD paper tells them. */
    public static final List<Integer> PUBLISHED_POINTS = List.of(80, 90, 95, 100, 130);

    public Findings {
        points = List.copyOf(points);
    }

    /** At the published points. */
    public Findings(RehearsalResult result, GpuPrices prices) {
        this(result, prices, PUBLISHED_POINTS);
    }

    /** GPU models of its nodes that have no price, where others have one. */
    List<String> unpriced() {
        var unpriced = new ArrayList<String>();
        var workload = result.workload();
        for (int model = 0; prices.isKnown() && model < workload.models().size(); model++) {
            var name = workload.models().name(model);
            if (workload.gpus(model) > 0 && prices.usdPerHour(name).isEmpty()) {
                unpriced.add(name.isEmpty() ? "GPUs without a model" : name);
            }
        }
        return unpriced;
    }
}
