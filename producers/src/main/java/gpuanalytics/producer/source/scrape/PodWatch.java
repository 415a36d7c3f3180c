package gpuanalytics.producer.source.scrape;

import static gpuanalytics.service.kubernetes.KubernetesApi.encoded;

import gpuanalytics.service.kubernetes.JsonItem;
import gpuanalytics.service.kubernetes.KubernetesApi;
import gpuanalytics.service.kubernetes.ResourceWatch;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The pods with some labels, as the API of Kubernetes tells. While it is away the pods that it told
 * last stay.
 */
final class PodWatch implements AutoCloseable {

    private final ScrapeOptions.Pods options;
    private final Map<String, Pod> pods = new TreeMap<>();
    private final ResourceWatch<Pod> watch;
    private volatile Collection<Target> targets = List.of();

    /** What of a pod is of interest here; what the API does not say is empty. */
    private record Pod(
            String namespace, String name, String node, String address, boolean isRunning) {

        static Pod of(JsonItem item) {
            var address = item.text("status", "podIP");
            return new Pod(
                    item.text("metadata", "namespace"),
                    item.text("metadata", "name"),
                    item.text("spec", "nodeName"),
                    address,
                    item.text("status", "phase").equals("Running")
                            && !address.isEmpty()
                            && !item.has("metadata", "deletionTimestamp"));
        }

        String key() {
            return namespace + "/" + name;
        }
    }

    PodWatch(ScrapeOptions.Pods options) {
        this.options = options;
        var path =
                options.namespace()
                        .map(name -> "/api/v1/namespaces/" + encoded(name) + "/pods")
                        .orElse("/api/v1/pods");
        watch =
                new ResourceWatch<>(
                        "pods",
                        new KubernetesApi(options.access()),
                        path + "?labelSelector=" + encoded(options.selector()),
                        Pod::of,
                        new Listener());
    }

    void start() {
        watch.start();
    }

    /** The running pods as targets, by namespace and name. */
    Collection<Target> targets() {
        return targets;
    }

    /** Why it is not known which pods there are now, if so. */
    Optional<String> problem() {
        return watch.problem();
    }

    private final class Listener implements ResourceWatch.Listener<Pod> {

        @Override
        public void listed(List<Pod> all, long beganNanos) {
            pods.clear();
            all.forEach(pod -> pods.put(pod.key(), pod));
            publish();
        }

        @Override
        public void changed(Pod pod) {
            pods.put(pod.key(), pod);
            publish();
        }

        @Override
        public void removed(Pod pod) {
            pods.remove(pod.key());
            publish();
        }
    }

    private void publish() {
        targets = pods.values().stream().filter(Pod::isRunning).map(this::target).toList();
    }

    private Target target(Pod pod) {
        return new Target(
                Target.at(options.uri(), pod.address()),
                Optional.of(new Target.Pod(pod.namespace(), pod.name(), pod.node())));
    }

    @Override
    public void close() {
        watch.close();
    }
}
