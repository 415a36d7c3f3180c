package gpuanalytics.placement.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pod in a window of its life: what was known when the window began, and what came of it. A pod
 * and the start of its window name it.
 *
 * @param pod names the pod among all of the last days, such as its UID
 * @param from when the window began
 * @param to when it ended
 * @param endedAt when the pod ended; null while it runs or where that is not known
 */
public record Observation(
        String pod,
        Workload workload,
        RequestFacts request,
        NodeFacts node,
        Instant from,
        Instant to,
        Outcome outcome,
        @Nullable Instant endedAt) {

    private static final Duration LONGEST = Duration.ofDays(1);

    public Observation {
        Check.name("pod", pod);
        if (!from.isBefore(to) || Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "to is %s, expected after %s and within %d hours of it"
                            .formatted(to, from, LONGEST.toHours()));
        }
        if (endedAt != null && endedAt.isBefore(from)) {
            throw new IllegalArgumentException(
                    "ended_at is %s, expected not before %s".formatted(endedAt, from));
        }
    }

    /** The length of the window in seconds. */
    double seconds() {
        return Duration.between(from, to).toMillis() / 1e3;
    }

    /** The same of a pod that has ended since. */
    Observation ended(Instant at) {
        return new Observation(pod, workload, request, node, from, to, outcome, at);
    }

    /** The same of a pod of which more is known. */
    Observation of(String knownPod, Workload knownWorkload) {
        return new Observation(knownPod, knownWorkload, request, node, from, to, outcome, endedAt);
    }

    /** What a prediction for it would have been asked with when its window began. */
    Subject subject() {
        return new Subject(workload, request, node, from);
    }
}
