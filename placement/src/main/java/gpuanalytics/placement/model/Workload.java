package gpuanalytics.placement.model;

import org.jspecify.annotations.Nullable;

/**
 * Whose pods are alike. Those of one workload share their history.
 *
 * @param namespace of the pod
 * @param name of what owns the pod, such as a Deployment or a Job
 * @param team null where it is not known, as the others
 * @param model the model that it serves or trains
 * @param image the container's image
 */
public record Workload(
        String namespace,
        String name,
        @Nullable String team,
        @Nullable String model,
        @Nullable String image) {

    public Workload {
        Check.name("namespace", namespace);
        Check.name("name", name);
    }
}
