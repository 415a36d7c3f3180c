package gpuanalytics.placement.model.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A pod and the GPUs that it has for itself, by the latest samples.
 *
 * @param gpus their keys
 * @param node where they are
 * @param gpuModel which they are; null where they differ or it is not known
 */
record PodGpus(
        String namespace,
        String pod,
        Set<String> gpus,
        String node,
        @Nullable String team,
        @Nullable String gpuModel) {

    /** One GPU that one pod has for itself. */
    private static Optional<PodGpus> of(JsonNode sample) {
        boolean isShared = sample.path("pods").size() > 1 || sample.has("mig_id");
        var namespace = sample.path("namespace").asText("");
        var pod = sample.path("pod").asText("");
        if (isShared || namespace.isBlank() || pod.isBlank()) {
            return Optional.empty();
        }
        var node = sample.path("node").asText(sample.path("host").asText(""));
        return Optional.of(
                new PodGpus(
                        namespace,
                        pod,
                        Set.of(sample.path("gpu").asText()),
                        node,
                        text(sample, "team"),
                        text(sample, "name")));
    }

    /**
     * The pods of the answer of {@code /gpu/info}. Readings of a GPU that several pods share, or of
     * a part of one, cannot be told apart by pod: those pods are left out.
     *
     * @return by namespace and name
     */
    static Map<String, PodGpus> all(JsonNode info) {
        var byPod = new TreeMap<String, PodGpus>();
        for (var sample : info.path("gpus")) {
            of(sample)
                    .ifPresent(
                            one -> byPod.merge(one.namespace + "/" + one.pod, one, PodGpus::and));
        }
        return byPod;
    }

    private PodGpus and(PodGpus other) {
        var both = new TreeSet<>(gpus);
        both.addAll(other.gpus);
        boolean isSame = gpuModel != null && gpuModel.equals(other.gpuModel);
        return new PodGpus(namespace, pod, both, node, team, isSame ? gpuModel : null);
    }

    private static @Nullable String text(JsonNode sample, String member) {
        return sample.path(member).isTextual() ? sample.get(member).asText() : null;
    }
}
