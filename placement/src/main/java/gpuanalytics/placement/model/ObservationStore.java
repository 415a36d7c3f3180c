package gpuanalytics.placement.model;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What happened in the last days, each pod's window once, in memory. A later word about a window
 * replaces the earlier one. Any thread may tell and ask.
 */
public final class ObservationStore {

    /** Seven days to learn from and the one that judges. */
    public static final Duration KEPT = ModelSettings.TRAINED_ON.plus(ModelSettings.JUDGED_BY);

    /** What clocks may differ by. */
    private static final Duration MAX_LEAD = Duration.ofMinutes(5);

    /** What became of an observation. */
    public enum Taken {
        NEW,
        /** It was there already, the same. */
        REPEATED,
        /** It says something else than what was there about the same window. */
        REPLACED,
        /** Its window ended before the days that are kept. */
        TOO_OLD
    }

    private record Window(String pod, Instant from) {}

    private record Pod(String uid, Workload workload) {}

    private final int most;
    private final Clock clock;
    private final Map<Window, Observation> byWindow = new HashMap<>();
    private final TreeSet<Observation> byEnd =
            new TreeSet<>(
                    Comparator.comparing(Observation::to)
                            .thenComparing(Observation::pod)
                            .thenComparing(Observation::from));
    private final LinkedHashMap<String, Instant> ends = new LinkedHashMap<>();
    private final LinkedHashMap<String, Pod> pods = new LinkedHashMap<>();
    private long forgotten;

    /**
     * An empty store.
     *
     * @param most how many observations, how many ends of pods and how many pods' names are
     *     remembered at most
     */
    public ObservationStore(int most, Clock clock) {
        this.most = most;
        this.clock = clock;
    }

    /**
     * Says no to what {@link #add} would not take.
     *
     * @throws IllegalArgumentException where the window ends in the future
     */
    public void check(Observation seen) {
        var now = clock.instant();
        if (seen.to().isAfter(now.plus(MAX_LEAD))) {
            throw new IllegalArgumentException(
                    "to is %s, expected not after now, %s".formatted(seen.to(), now));
        }
    }

    /**
     * A pod is there whose workload is known: as such it is asked about, and whoever tells what
     * happened to it, by its UID or by namespace and name, tells it of that workload.
     */
    public synchronized void known(String uid, String namespacedName, Workload workload) {
        var pod = new Pod(uid, workload);
        for (var name : List.of(uid, namespacedName)) {
            pods.remove(name);
            pods.put(name, pod);
        }
        while (pods.size() > 2 * most) {
            pods.pollFirstEntry();
        }
    }

    private Observation ofKnownPod(Observation told) {
        var pod = pods.get(told.pod());
        return pod == null ? told : told.of(pod.uid, pod.workload);
    }

    /**
     * Takes in what happened.
     *
     * @throws IllegalArgumentException where the window ends in the future
     */
    public synchronized Taken add(Observation told) {
        check(told);
        var seen = ofKnownPod(told);
        var now = clock.instant();
        if (!seen.to().isAfter(now.minus(KEPT))) {
            return Taken.TOO_OLD;
        }
        var before = byWindow.put(new Window(seen.pod(), seen.from()), seen);
        if (seen.equals(before)) {
            return Taken.REPEATED;
        }
        if (before != null) {
            byEnd.remove(before);
        }
        byEnd.add(seen);
        if (byEnd.size() > most) {
            forgetFirst();
            forgotten++;
        }
        return before == null ? Taken.NEW : Taken.REPLACED;
    }

    /** A pod has ended: its windows before are told how much of its life was left. */
    public synchronized void ended(String pod, Instant at) {
        ends.remove(pod);
        ends.put(pod, at);
        if (ends.size() > most) {
            ends.pollFirstEntry();
        }
    }

    /** All that is known now of the days that are kept. */
    public synchronized List<Observation> all() {
        var oldest = clock.instant().minus(KEPT);
        while (!byEnd.isEmpty() && !byEnd.first().to().isAfter(oldest)) {
            forgetFirst();
        }
        ends.values().removeIf(at -> !at.isAfter(oldest));
        var all = new ArrayList<Observation>(byEnd.size());
        for (var seen : byEnd) {
            var end = ends.get(seen.pod());
            boolean isLast = seen.endedAt() == null && end != null && !end.isBefore(seen.from());
            all.add(isLast && end != null ? seen.ended(end) : seen);
        }
        return all;
    }

    /** How many observations were forgotten because there were too many, and not for their age. */
    public synchronized long forgotten() {
        return forgotten;
    }

    public synchronized int size() {
        return byEnd.size();
    }

    private void forgetFirst() {
        var first = byEnd.removeFirst();
        byWindow.remove(new Window(first.pod(), first.from()));
    }
}
