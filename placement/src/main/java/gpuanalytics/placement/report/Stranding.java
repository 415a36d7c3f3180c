package gpuanalytics.placement.report;

import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.rehearse.RehearsalResult;
import gpuanalytics.placement.rehearse.Spread;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What requests of one team for one shape did to the GPUs of one model under the present policy, up
 * to the comparison: how many of them typical requests could not use afterwards.
 *
 * @param team the team; empty where it is not known
 * @param shape what was asked for
 * @param model the model of the GPUs; empty where it is not known
 * @param gpus how many
 */
record Stranding(String team, Shape shape, String model, Spread gpus) {

    private static final double LEAST_GPUS = 0.05;

    /** The worst, the worst first. */
    static List<Stranding> worst(RehearsalResult result, int most) {
        var workload = result.workload();
        var present = result.of(result.plan().present());
        var all = new ArrayList<Stranding>();
        for (int kind = 0; kind < workload.kinds().size(); kind++) {
            for (int model = 0; model < workload.models().size(); model++) {
                int asked = kind;
                int on = model;
                var gpus = present.spread(seed -> seed.strandings().strandedGpus(asked, on));
                if (gpus.mean() >= LEAST_GPUS) {
                    all.add(
                            new Stranding(
                                    workload.kinds().get(kind).team(),
                                    workload.shape(kind),
                                    workload.models().name(model),
                                    gpus));
                }
            }
        }
        all.sort(Comparator.comparingDouble((Stranding each) -> each.gpus().mean()).reversed());
        return all.subList(0, Math.min(most, all.size()));
    }
}
