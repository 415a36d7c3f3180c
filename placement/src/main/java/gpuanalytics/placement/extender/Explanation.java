package gpuanalytics.placement.extender;

import gpuanalytics.placement.extender.Evaluation.NodeScore;
import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.watch.PodRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

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

    /** What was predicted, without what predicts: that holds all observations. */
    record Told(String model, OptionalInt peakGpuMemoryMib, List<Prediction> predictions) {

        static Told of(Forecast forecast) {
            return new Told(
                    forecast.model(),
                    forecast.peakGpuMemoryMib(),
                    List.copyOf(forecast.predictions()));
        }
    }

    Explanation then(Instant when, String newOutcome, String newNode, long newGpus) {
        return new Explanation(
                pod, when, request, forecast, asked, refused, best, newOutcome, newNode, newGpus);
    }
}
