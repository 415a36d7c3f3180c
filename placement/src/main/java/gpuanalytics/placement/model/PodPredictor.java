package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.NodeFeatures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers about one pod at one moment, on any of thousands of nodes. Any thread may ask. */
public final class PodPredictor {

    private final Predictor predictor;
    private final Workload workload;
    private final RequestFacts request;
    private final Instant at;
    private final Map<Target, Question> questions = new EnumMap<>(Target.class);
    private final Map<Target, TargetSlice> slices = new EnumMap<>(Target.class);

    PodPredictor(Predictor predictor, Workload workload, RequestFacts request, Instant at) {
        this.predictor = predictor;
        this.workload = workload;
        this.request = request;
        this.at = at;
    }

    private Subject on(NodeFacts node, @Nullable String gpuModel) {
        return new Subject(workload, request.on(gpuModel), node, at);
    }

    /**
     * All predictions, with what makes them up, made when they are asked for. Until then it holds
     * the models and what they are asked with, and nothing of what was observed.
     */
    public synchronized Supplier<List<Prediction>> predict(NodeFeatures node) {
        var asked = new ArrayList<Supplier<Prediction>>();
        for (var target : Target.ALL) {
            predictor
                    .serving(target)
                    .ifPresent(
                            model -> {
                                var question = question(target).on(node);
                                asked.add(() -> model.predict(question));
                            });
        }
        return () -> asked.stream().map(Supplier::get).toList();
    }

    /** What a model is asked with wherever the pod goes. */
    private Question question(Target target) {
        return questions.computeIfAbsent(
                target, _ -> predictor.question(target, on(NodeFacts.UNKNOWN, null)));
    }

    /** What is known of a node, for {@link #range}. */
    public NodeFeatures node(NodeFacts node, @Nullable String gpuModel) {
        return predictor.node(on(node, gpuModel));
    }

    /**
     * What {@link #predict} says of a target, once for all nodes that are alike; empty as there.
     */
    public synchronized Optional<Range> range(Target target, NodeFeatures node) {
        return slice(target).map(slice -> slice.on(node));
    }

    /**
     * The number of {@link #range} by which a scheduler decides, of many nodes, in their order: of
     * memory the upper end. It takes less time than one after the other, and next to none where
     * they were asked about {@link #ahead}.
     */
    public synchronized Optional<double[]> reckoned(Target target, List<NodeFeatures> nodes) {
        return slice(target).map(slice -> slice.reckoned(nodes));
    }

    /** Asks ahead about nodes like these, whatever is fragmented of them; takes milliseconds. */
    public synchronized void ahead(Target target, List<NodeFeatures> nodes) {
        slice(target).ifPresent(slice -> slice.ahead(nodes));
    }

    private Optional<TargetSlice> slice(Target target) {
        return predictor
                .serving(target)
                .map(model -> slices.computeIfAbsent(target, _ -> model.slice(question(target))));
    }
}
