package gpuanalytics.placement.watch;

import gpuanalytics.service.kubernetes.JsonItem;
import java.util.List;

/**
 * Whose a pod is and what it runs, as its labels and containers say; what they do not is empty.
 *
 * @param team by the label {@code gpu-analytics/team}, else {@code team}
 * @param model that it serves or trains, by the label {@code gpu-analytics/model}, else {@code
 *     model}
 * @param image of the first container that asks for a GPU, else of the first one
 */
public record PodMarks(String team, String model, String image) {

    /** Nothing is said. */
    public static final PodMarks NONE = new PodMarks("", "", "");

    private static final String PREFIX = "gpu-analytics/";

    static PodMarks of(JsonItem pod) {
        var labels = pod.item("metadata", "labels");
        return new PodMarks(
                label(labels, "team"),
                label(labels, "model"),
                image(pod.items("spec", "containers")));
    }

    private static String label(JsonItem labels, String name) {
        var own = labels.text(PREFIX + name);
        return own.isEmpty() ? labels.text(name) : own;
    }

    private static String image(List<JsonItem> containers) {
        for (var container : containers) {
            if (RequestReader.asksForGpu(container)) {
                return container.text("image");
            }
        }
        return containers.isEmpty() ? "" : containers.getFirst().text("image");
    }
}
