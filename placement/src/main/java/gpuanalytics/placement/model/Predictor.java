package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.Features;
import gpuanalytics.placement.feature.NodeFeatures;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers what a pod will need by the models that serve and the history of one moment. Any thread
 * may ask; an answer takes a tenth of a millisecond.
 */
public final class Predictor {

    private final History history;
    private final Map<Target, TargetModel> serving = new EnumMap<>(Target.class);

    Predictor(History history, Map<Target, TargetModel> serving) {
        this.history = history;
        this.serving.putAll(serving);
    }

    /**
     * Predictions for a pod.
     *
     * @return those of the models that serve; a target without one is absent, and a fallback has to
     *     do
     */
    public Map<Target, Prediction> predict(Subject subject) {
        var predictions = new EnumMap<Target, Prediction>(Target.class);
        if (serving.isEmpty()) {
            return predictions;
        }
        var features = features(subject);
        serving.forEach(
                (target, model) -> {
                    var naive = history.naive(target, subject);
                    predictions.put(target, model.predict(new Question(features, naive)));
                });
        return predictions;
    }

    /** What is known of a pod: the values that a prediction is made from. */
    public Features features(Subject subject) {
        return history.features(subject);
    }

    /** The models that serve, by name. */
    public List<String> models() {
        return serving.values().stream().map(model -> model.origin().id()).sorted().toList();
    }

    /** Answers about a pod on many nodes. */
    public PodPredictor about(Workload workload, RequestFacts request, Instant at) {
        return new PodPredictor(this, workload, request, at);
    }

    NodeFeatures node(Subject subject) {
        return history.node(subject);
    }

    Optional<TargetModel> serving(Target target) {
        return Optional.ofNullable(serving.get(target));
    }

    Question question(Target target, Subject subject) {
        return history.question(target, subject);
    }
}
