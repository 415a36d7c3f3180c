package gpuanalytics.placement.extender;

import gpuanalytics.placement.extender.Explanation.Told;
import gpuanalytics.placement.watch.PodState;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Why the pods that were asked about last went where they went. Not for several threads. */
final class Explanations {

    static final int MAX_PODS_REMEMBERED = 20_000;

    static final int EXPLAINED_NODES = 5;

    private final Clock clock;
    private final Map<String, Explanation> byPod = remembering();
    private final Map<String, Filtered> filtered = remembering();

    /** What filter refused: prioritize is asked about the other nodes alone. */
    private record Filtered(int asked, Map<String, Integer> refused) {

        Map<String, Integer> with(Evaluation evaluation) {
            var all = new TreeMap<>(refused);
            evaluation.refused().forEach((reason, count) -> all.merge(reason, count, Integer::sum));
            return all;
        }
    }

    Explanations(Clock clock) {
        this.clock = clock;
    }

    /** A map that forgets who was named longest ago. */
    static <T> Map<String, T> remembering() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, T> eldest) {
                return size() > MAX_PODS_REMEMBERED;
            }
        };
    }

    /** Filter has left several nodes: prioritize comes next. */
    void filtered(PodState pod, Evaluation evaluation) {
        filtered.put(pod.uid(), new Filtered(evaluation.names().size(), evaluation.refused()));
    }

    /** A pod that is refused whatever the nodes are. */
    void refused(PodState pod) {
        byPod.put(
                pod.key(),
                new Explanation(
                        pod.key(),
                        clock.instant(),
                        pod.request(),
                        Optional.empty(),
                        0,
                        Map.of(),
                        List.of(),
                        pod.refusal(),
                        "",
                        0));
    }

    /** What was decided, and what was promised, if anything. */
    void decided(
            PodState pod, Optional<Told> told, Evaluation evaluation, @Nullable Holding promised) {
        var before = filtered.remove(pod.uid());
        byPod.put(
                pod.key(),
                new Explanation(
                        pod.key(),
                        clock.instant(),
                        pod.request(),
                        told,
                        before == null ? evaluation.names().size() : before.asked(),
                        before == null ? evaluation.refused() : before.with(evaluation),
                        evaluation.top(EXPLAINED_NODES),
                        outcome(evaluation),
                        promised == null ? "" : promised.node(),
                        promised == null ? 0 : promised.gpus()));
    }

    private static String outcome(Evaluation evaluation) {
        if (evaluation.leavesChoice()) {
            return "left to the scheduler among nodes without GPUs";
        }
        if (!evaluation.decided().isEmpty()) {
            return evaluation.decided();
        }
        return evaluation.fitting() == 0 ? "no node has room" : "promised";
    }

    /** What came of it. */
    void then(String pod, String outcome, String node, long gpus) {
        byPod.computeIfPresent(
                pod, (_, before) -> before.then(clock.instant(), outcome, node, gpus));
    }

    /** Empty where it was not asked about. */
    Optional<Explanation> find(String pod) {
        return Optional.ofNullable(byPod.get(pod));
    }
}
