package gpuanalytics.placement.extender;

import gpuanalytics.placement.trace.TracePod;
import gpuanalytics.placement.watch.PodRequest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How often each request was made: what the cluster usually gets. Each pod counts once; what was
 * long ago counts less. Not for several threads.
 */
final class RequestCounts {

    private static final int MAX_KINDS = 10_000;
    private static final int MAX_PODS_KNOWN = 200_000;

    /** When so many are counted, all counts are halved. */
    private static final long MAX_TOTAL = 200_000;

    private final Map<PodRequest, Long> counts = new LinkedHashMap<>();
    private final Set<String> counted = new LinkedHashSet<>();
    private long total;
    private boolean changed = true;

    /** Counts those of a file. */
    void addAll(List<TracePod> pods) {
        for (var pod : pods) {
            add(
                    new PodRequest(
                            pod.cpuMilli(),
                            pod.memoryMib(),
                            pod.gpus(),
                            pod.gpuMilli(),
                            0,
                            pod.models()));
        }
    }

    /** Counts a pod's request, the first time that it is seen. */
    void add(String uid, PodRequest request) {
        if (counted.add(uid)) {
            if (counted.size() > MAX_PODS_KNOWN) {
                counted.remove(counted.iterator().next());
            }
            add(request);
        }
    }

    private void add(PodRequest request) {
        counts.merge(request, 1L, Long::sum);
        changed = true;
        if (++total >= MAX_TOTAL || counts.size() > MAX_KINDS) {
            counts.replaceAll((_, count) -> count / 2);
            counts.values().removeIf(count -> count == 0);
            total = counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    Map<PodRequest, Long> counts() {
        return counts;
    }

    /** Whether something was counted since this was asked last. */
    boolean hasChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }
}
