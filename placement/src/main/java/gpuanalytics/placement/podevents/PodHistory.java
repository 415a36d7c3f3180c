package gpuanalytics.placement.podevents;

import gpuanalytics.placement.extender.NodeHistory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What happened to pods within the last days: which workloads have failed on which node, and how
 * far each pod was seen. Any thread may ask; one tells.
 */
public final class PodHistory implements NodeHistory {

    private static final Duration LATELY = Duration.ofHours(1);

    /** Of so many events the oldest are forgotten before their time. */
    private static final int MAX_EVENTS = 500_000;

    private final Clock clock;
    private final Duration retention;
    private final Deque<PodEvent> events = new ArrayDeque<>();
    private final Set<String> ids = new HashSet<>();
    private final Map<String, PodEvent> pods = new HashMap<>();
    private final Map<String, Map<String, Instant>> failures = new ConcurrentHashMap<>();

    public PodHistory(Duration retention, Clock clock) {
        this.retention = retention;
        this.clock = clock;
    }

    /** Takes an event; false where it is known already, or too long ago. */
    synchronized boolean add(PodEvent event) {
        forget();
        if (event.at().isBefore(clock.instant().minus(retention)) || !ids.add(event.id())) {
            return false;
        }
        events.addLast(event);
        if (event.kind() == PodEvent.Kind.DELETED) {
            pods.remove(event.uid());
        } else {
            pods.put(event.uid(), event);
        }
        if (event.isFailure() && !event.node().isEmpty()) {
            failures.computeIfAbsent(event.node(), _ -> new ConcurrentHashMap<>())
                    .merge(
                            event.namespace() + "/" + event.workload(),
                            event.at(),
                            (one, other) -> one.isAfter(other) ? one : other);
        }
        return true;
    }

    private void forget() {
        var oldest = clock.instant().minus(retention);
        while (!events.isEmpty()
                && (events.size() >= MAX_EVENTS || events.getFirst().at().isBefore(oldest))) {
            var event = events.removeFirst();
            ids.remove(event.id());
            pods.remove(event.uid(), event);
        }
        failures.values().forEach(each -> each.values().removeIf(at -> at.isBefore(oldest)));
        failures.values().removeIf(Map::isEmpty);
    }

    /** The last event of each pod that is not known to be gone. */
    synchronized List<PodEvent> pods() {
        return List.copyOf(pods.values());
    }

    /** How many events are known. */
    public synchronized int size() {
        return events.size();
    }

    @Override
    public Stability of(String node) {
        var workloads = failures.get(node);
        if (workloads == null) {
            return Stability.UNKNOWN;
        }
        var now = clock.instant();
        int lately = 0;
        int all = 0;
        for (var at : workloads.values()) {
            lately += at.isAfter(now.minus(LATELY)) ? 1 : 0;
            all += at.isAfter(now.minus(retention)) ? 1 : 0;
        }
        return new Stability(lately, all);
    }
}
