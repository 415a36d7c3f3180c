package gpuanalytics.placement.forecast;

import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.placement.model.RequestFacts;
import gpuanalytics.placement.model.Workload;
import gpuanalytics.placement.model.source.PodDirectory;
import gpuanalytics.placement.model.source.WorkloadName;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.kubernetes.ResourceWatch;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The pods of the cluster, as its watch tells them. The end of one is told to the observations, of
 * which it is the lifetime.
 */
public final class KnownPods implements PodDirectory, ResourceWatch.Listener<PodState> {

    private final ObservationStore observations;
    private final Clock clock;
    private final Map<String, PodState> pods = new ConcurrentHashMap<>();

    public KnownPods(ObservationStore observations, Clock clock) {
        this.observations = observations;
        this.clock = clock;
    }

    @Override
    public void listed(List<PodState> all, long beganNanos) {
        var there = new HashMap<String, PodState>();
        all.forEach(pod -> there.put(pod.key(), pod));
        pods.forEach(
                (key, before) -> {
                    var now = there.get(key);
                    if (now == null || !now.uid().equals(before.uid())) {
                        removed(before);
                    }
                });
        all.forEach(this::changed);
    }

    @Override
    public void changed(PodState pod) {
        if (pod.request().gpus() > 0) {
            observations.known(pod.uid(), pod.key(), workload(pod));
        }
        if (pod.isFinished()) {
            removed(pod);
            return;
        }
        var before = pods.put(pod.key(), pod);
        if (before != null && !before.uid().equals(pod.uid())) {
            observations.ended(before.uid(), clock.instant());
        }
    }

    @Override
    public void removed(PodState pod) {
        var known = pods.get(pod.key());
        if (known != null && known.uid().equals(pod.uid()) && pods.remove(pod.key(), known)) {
            observations.ended(pod.uid(), clock.instant());
        }
    }

    @Override
    public Optional<Facts> find(String namespace, String pod) {
        return Optional.ofNullable(pods.get(namespace + "/" + pod))
                .map(
                        state ->
                                new Facts(
                                        state.uid(),
                                        workload(state),
                                        request(state),
                                        restarts(state)));
    }

    /** Whose history a pod shares: its name says that, whatever made it. */
    static Workload workload(PodState pod) {
        var marks = pod.marks();
        return new Workload(
                pod.namespace(),
                WorkloadName.of(pod.name()),
                known(marks.team()),
                known(marks.model()),
                known(marks.image()));
    }

    private static @Nullable String known(String text) {
        return text.isBlank() ? null : text;
    }

    /** What a pod asks for, and the GPU model where it asks for one alone. */
    static RequestFacts request(PodState pod) {
        var asked = pod.request();
        var models = asked.models();
        return new RequestFacts(
                known(asked.cpuMilli()),
                known(asked.memoryMib()),
                known(asked.gpuMilli()),
                (double) asked.gpus(),
                models.contains("|") ? null : known(models));
    }

    /** A pod that does not say what it needs asks for 0. */
    private static @Nullable Double known(int asked) {
        return asked == 0 ? null : Double.valueOf(asked);
    }

    private static double restarts(PodState pod) {
        return pod.containers().stream().mapToInt(PodState.ContainerState::restarts).sum();
    }
}
