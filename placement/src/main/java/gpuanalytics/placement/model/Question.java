package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.Features;
import gpuanalytics.placement.feature.NodeFeatures;
import java.util.Map;

/**
 * What a model is asked with.
 *
 * @param features what was known of the pod
 * @param naive what the rules of thumb say; empty where nothing was known of the workload
 */
record Question(Features features, Map<NaiveRule, Double> naive) {

    /** The same about a pod on another node. */
    Question on(NodeFeatures node) {
        return new Question(features.on(node), naive);
    }
}
