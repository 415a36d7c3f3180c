package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.Feature;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a model says, and why.
 *
 * @param model which one
 * @param value in the target's unit; {@code base} and all {@code contributions} add up to it
 * @param low the interval in which the outcome lies as often as {@code nominal} says
 * @param high its other end
 * @param nominal such as 0.9
 * @param confidence from 0 to 1: how much of the span in which nine of ten outcomes of the training
 *     lie the interval rules out
 * @param base what the model says of a pod of which nothing is known
 * @param contributions by how much each feature moves it
 */
public record Prediction(
        Target target,
        String model,
        double value,
        double low,
        double high,
        double nominal,
        double confidence,
        double base,
        Map<Feature, Double> contributions) {

    public Prediction {
        var copy = new EnumMap<Feature, Double>(Feature.class);
        copy.putAll(contributions);
        contributions = Collections.unmodifiableMap(copy);
    }
}
