package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.NodeFeatures;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers about one pod at one moment, on any of thousands of nodes. Not for several threads. */
public final class PodPredictor {

    private final Predictor predictor;
    private final Workload workload;
    private final PodRequest request;
    private final Instant at;
    private final Map<Target, TargetSlice> slices = new EnumMap<>(Target.class);

    PodPredictor(Predictor predictor, Workload workload, PodRequest request, Instant at) {
        this.predictor = predictor;
        this.workload = workload;
        this.request = request;
        this.at = at;
    }

    private Subject on(NodeState node, @Nullable String gpuModel) {
        return new Subject(workload, request.on(gpuModel), node, at);
    }

    /**
     * All predictions, with what makes them up.
     *
     * @param gpuModel of the node's GPUs; null for what the pod asks for
     */
    public Map<Target, Prediction> predict(NodeState node, @Nullable String gpuModel) {
        return predictor.predict(on(node, gpuModel));
    }

    /** What is known of a node, for {@link #range}. */
    public NodeFeatures node(NodeState node, @Nullable String gpuModel) {
        return predictor.node(on(node, gpuModel));
    }

    /**
     * What {@link #predict} says of a target, once for all nodes that are alike; empty as there.
     */
    public Optional<Range> range(Target target, NodeFeatures node) {
        return predictor
                .serving(target)
                .map(
                        model ->
                                slices.computeIfAbsent(
                                                target,
                                                _ ->
                                                        predictor.slice(
                                                                model,
                                                                target,
                                                                on(NodeState.UNKNOWN, null)))
                                        .on(node));
    }
}
