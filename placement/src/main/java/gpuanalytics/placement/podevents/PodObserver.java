package gpuanalytics.placement.podevents;

import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.kubernetes.ResourceWatch;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of what the watch shows. What the history knows already is no event again; so what
 * happened while nobody watched is one when the pods are listed next. Before the history is known
 * nothing is; what the watch shows until then is kept.
 */
public final class PodObserver implements ResourceWatch.Listener<PodState> {

    private final PodHistory history;
    private final Clock clock;
    private final Map<String, PodState> waiting = new LinkedHashMap<>();
    private boolean hasList;
    private @Nullable Consumer<PodEvent> log;

    public PodObserver(PodHistory history, Clock clock) {
        this.history = history;
        this.clock = clock;
    }

    /** The history is known: from now on events go to the log. */
    synchronized void begin(Consumer<PodEvent> writer) {
        log = writer;
        if (hasList) {
            compare(List.copyOf(waiting.values()));
        }
        waiting.clear();
    }

    @Override
    public synchronized void listed(List<PodState> all, long beganNanos) {
        if (log == null) {
            hasList = true;
            waiting.clear();
            all.forEach(pod -> waiting.put(pod.uid(), pod));
        } else {
            compare(all);
        }
    }

    private void compare(List<PodState> all) {
        var uids = new HashSet<String>();
        for (var pod : all) {
            uids.add(pod.uid());
            // one that is listed has failed when it says so, else nobody knows how long ago
            observe(pod, PodEvent.end(pod).orElse(Instant.EPOCH));
        }
        for (var last : history.pods()) {
            if (!uids.contains(last.uid())) {
                tell(gone(last));
            }
        }
    }

    @Override
    public synchronized void changed(PodState pod) {
        if (log == null) {
            waiting.put(pod.uid(), pod);
        } else {
            observe(pod, clock.instant());
        }
    }

    private void observe(PodState pod, Instant failedAt) {
        var now = clock.instant();
        if (!pod.phase().isEmpty()) {
            tell(PodEvent.phase(pod, now));
        }
        if (pod.phase().equals("Failed")) {
            tell(PodEvent.failure(pod, failedAt));
        }
        for (var container : pod.containers()) {
            if (container.restarts() > 0) {
                tell(PodEvent.restart(pod, container, now));
            }
        }
    }

    @Override
    public synchronized void removed(PodState pod) {
        if (log == null) {
            waiting.remove(pod.uid());
            return;
        }
        observe(pod, clock.instant());
        tell(PodEvent.deleted(pod, clock.instant()));
    }

    /** It went while nobody watched. */
    private PodEvent gone(PodEvent last) {
        return new PodEvent(
                last.uid() + "/" + PodEvent.Kind.DELETED.label(),
                clock.instant(),
                PodEvent.Kind.DELETED,
                last.uid(),
                last.namespace(),
                last.pod(),
                last.workload(),
                last.node(),
                last.phase(),
                "",
                0,
                "",
                "");
    }

    private void tell(PodEvent event) {
        if (log != null && history.add(event)) {
            log.accept(event);
        }
    }
}
