package gpuanalytics.placement.http;

import gpuanalytics.placement.extender.Extender;
import gpuanalytics.placement.extender.ExtenderConfig;
import gpuanalytics.placement.input.ClusterHistory;
import gpuanalytics.placement.model.answer.ModelAnswers;
import gpuanalytics.placement.queue.Rehearsals;
import gpuanalytics.service.health.HealthReport;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is asked over HTTP.
 *
 * @param health answers at once: it is asked on the event loop
 * @param rehearsals takes orders
 * @param cluster knows the cluster's nodes and pods; empty where nobody does
 * @param prices knows what GPUs cost
 * @param models tells of the models, and takes what happened
 * @param placing places pods; empty where it does not
 */
public record Parts(
        Supplier<HealthReport> health,
        Rehearsals rehearsals,
        Optional<ClusterHistory> cluster,
        PriceSource prices,
        ModelAnswers models,
        Optional<Placing> placing) {

    /** What answers schedulers. */
    public record Placing(Extender extender, ExtenderConfig config) {}
}
