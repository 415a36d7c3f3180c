package gpuanalytics.placement.model.source;

import gpuanalytics.placement.model.RequestFacts;
import gpuanalytics.placement.model.Workload;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a cluster's watch knows of pods, beside what samples of GPUs say. */
@FunctionalInterface
public interface PodDirectory {

    /** One that knows none: then the pod's name tells its workload. */
    PodDirectory NONE = (_, _) -> Optional.empty();

    /**
     * What is known of a pod.
     *
     * @param uid names the pod, also where another had its name before
     * @param restarts how often its containers were started again until now; null where that is not
     *     known
     */
    record Facts(String uid, Workload workload, RequestFacts request, @Nullable Double restarts) {}

    /** Looks a pod up. */
    Optional<Facts> find(String namespace, String pod);
}
