package gpuanalytics.placement.model;

import org.jspecify.annotations.Nullable;

/**
 * Whose pods are alike. Those of one workload share their history; what is not known of one does
 * not part it from another.
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

    /** Whether both may be the same: nothing that is known of both differs. */
    boolean mayBe(Workload other) {
        return namespace.equals(other.namespace)
                && name.equals(other.name)
                && mayBe(team, other.team)
                && mayBe(model, other.model)
                && mayBe(image, other.image);
    }

    private static boolean mayBe(@Nullable String one, @Nullable String other) {
        return one == null || other == null || one.equals(other);
    }
}
