package gpuanalytics.placement.watch;

import gpuanalytics.service.kubernetes.KubernetesAccess;
import gpuanalytics.service.kubernetes.KubernetesApi;
import gpuanalytics.service.kubernetes.ResourceWatch;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All nodes and all pods of a cluster, for as long as it is open. It needs list and watch of both,
 * and nothing else.
 */
public final class ClusterWatch implements AutoCloseable {

    private final ResourceWatch<NodeState> nodes;
    private final ResourceWatch<PodState> pods;

    public ClusterWatch(
            KubernetesAccess access,
            ResourceWatch.Listener<NodeState> ofNodes,
            ResourceWatch.Listener<PodState> ofPods) {
        var api = new KubernetesApi(access);
        nodes =
                new ResourceWatch<>(
                        "nodes", api, "/api/v1/nodes?pretty=false", NodeState::of, ofNodes);
        pods = new ResourceWatch<>("pods", api, "/api/v1/pods?pretty=false", PodState::of, ofPods);
    }

    public void start() {
        nodes.start();
        pods.start();
    }

    /** Why it is not known what the cluster has now, if so. */
    public Optional<String> problem() {
        return Stream.of(nodes.problem(), pods.problem()).flatMap(Optional::stream).findFirst();
    }

    @Override
    public void close() {
        nodes.close();
        pods.close();
    }

    /** Hands everything that is told of pods to several listeners. */
    public static ResourceWatch.Listener<PodState> toAll(
            List<ResourceWatch.Listener<PodState>> listeners) {
        return new ResourceWatch.Listener<>() {
            @Override
            public void listed(List<PodState> all, long beganNanos) {
                listeners.forEach(each -> each.listed(all, beganNanos));
            }

            @Override
            public void changed(PodState pod) {
                listeners.forEach(each -> each.changed(pod));
            }

            @Override
            public void removed(PodState pod) {
                listeners.forEach(each -> each.removed(pod));
            }
        };
    }
}
