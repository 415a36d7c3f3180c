package gpuanalytics.placement.extender;

import gpuanalytics.placement.extender.Evaluation.NodeScore;
import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.extender.Forecasts.Place;
import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.watch.PodRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Why a pod went where it went, or nowhere.
 *
 * @param request what it asks for
 * @param asked how many nodes the scheduler asked about
 * @param refused how many of them were refused, by reason
 * @param best the best nodes, the best first
 * @param outcome what came of it, in words
 * @param node where it was promised or given GPUs; empty for nowhere
 * @param gpus which ones, as a set of bits
 */
record Explanation(
        String pod,
        Instant at,
        PodRequest request,
        Optional<Told> forecast,
        int asked,
        Map<String, Integer> refused,
        List<Map.Entry<String, NodeScore>> best,
        String outcome,
        String node,
        long gpus) {

    /**
     * What was predicted, as far as somebody asks: what makes up predictions takes longer than a
     * decision, for which a scheduler waits.
     *
     * @param node where; empty where that was not decided
     * @param peakGpuMemoryMib what the pod takes of each GPU at least
     * @param predictions for that node, with what makes them up
     * @param byNode the same for each of the best nodes
     */
    record Told(
            String model,
            String node,
            OptionalInt peakGpuMemoryMib,
            Supplier<List<Prediction>> predictions,
            Map<String, Supplier<List<Prediction>>> byNode) {

        static Told of(Forecast forecast, Evaluation evaluation, Function<String, Place> places) {
            var best = evaluation.bestName();
            var place = best == null ? Place.ANYWHERE : places.apply(best);
            var byNode = new HashMap<String, Supplier<List<Prediction>>>();
            for (var node : evaluation.top(Explanations.EXPLAINED_NODES)) {
                byNode.put(node.getKey(), forecast.predictions(places.apply(node.getKey())));
            }
            int peak = forecast.needs(List.of(place), false).getFirst().peakGpuMemoryMib();
            return new Told(
                    forecast.model(),
                    place.node(),
                    peak == 0 ? OptionalInt.empty() : OptionalInt.of(peak),
                    forecast.predictions(place),
                    byNode);
        }
    }

    Explanation then(Instant when, String newOutcome, String newNode, long newGpus) {
        return new Explanation(
                pod, when, request, forecast, asked, refused, best, newOutcome, newNode, newGpus);
    }
}
