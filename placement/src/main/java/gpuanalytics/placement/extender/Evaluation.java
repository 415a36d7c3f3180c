package gpuanalytics.placement.extender;

import gpuanalytics.placement.policy.ScoreParts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Nodes weighed for a pod: of each why not, or how good. Not for several threads. */
final class Evaluation {

    private static final int NONE = -1;

    private final List<String> names;
    private final @Nullable String[] refusals;
    private final @Nullable NodeScore[] scores;
    private final BitSet alike = new BitSet();
    private int best = NONE;
    private int fitting;
    private String decided = "";

    /**
     * A node's score.
     *
     * @param parts what {@code fgd-best-fit} is made of
     * @param memoryFit 50 where no memory is left, 0 where all of it is
     * @param failing workloads that have failed on the node within seven days
     * @param kwh what the pod is predicted to use in an hour there; 0 where nothing is, or that has
     *     no weight
     * @param peakMib of each GPU, what the pod is predicted to need there; 0 where nothing is
     * @param total all of it, weighed: the highest gets the pod
     */
    record NodeScore(
            ScoreParts parts,
            double memoryFit,
            int failing,
            double kwh,
            int peakMib,
            double total) {}

    Evaluation(List<String> names) {
        this.names = List.copyOf(names);
        refusals = new String[names.size()];
        scores = new NodeScore[names.size()];
    }

    /** Every node is refused for one reason, which is the pod's and no node's. */
    static Evaluation decided(List<String> names, String reason) {
        var evaluation = new Evaluation(names);
        evaluation.decided = reason;
        for (int place = 0; place < names.size(); place++) {
            evaluation.refuse(place, reason);
        }
        return evaluation;
    }

    /** Why the pod is not decided about; empty where it is. */
    String decided() {
        return decided;
    }

    void refuse(int place, String reason) {
        refusals[place] = reason;
    }

    /** Of equals the first one stands: the scheduler's order, which is no order, decides. */
    void score(int place, NodeScore score) {
        scores[place] = score;
        fitting++;
        var leading = best == NONE ? null : scores[best];
        if (leading == null || score.total() > leading.total()) {
            best = place;
        }
    }

    /** A node that is as good as any other such, so that the choice among them is left. */
    void alike(int place) {
        alike.set(place);
    }

    /** Whether a node is among the best. */
    boolean isBest(int place) {
        return leavesChoice() ? alike.get(place) : place == best;
    }

    /** Whether several nodes may be the best, among which the scheduler chooses. */
    boolean leavesChoice() {
        return !alike.isEmpty();
    }

    List<String> names() {
        return names;
    }

    /** Why a node cannot have the pod; null where it can. */
    @Nullable String refusal(int place) {
        return refusals[place];
    }

    /** How many nodes can have it. */
    int fitting() {
        return fitting;
    }

    /** The name of the best node; null where none can have it. */
    @Nullable String bestName() {
        return best == NONE ? null : names.get(best);
    }

    @Nullable NodeScore bestScore() {
        return best == NONE ? null : scores[best];
    }

    /** How many nodes were refused, by reason. */
    Map<String, Integer> refused() {
        var refused = new TreeMap<String, Integer>();
        for (var reason : refusals) {
            if (reason != null) {
                refused.merge(reason, 1, Integer::sum);
            }
        }
        return refused;
    }

    /** The best nodes, the best first, with their scores. */
    List<Map.Entry<String, NodeScore>> top(int count) {
        var top = new ArrayList<Map.Entry<String, NodeScore>>();
        for (int place = 0; place < scores.length; place++) {
            var score = scores[place];
            if (score == null) {
                continue;
            }
            int at = top.size();
            while (at > 0 && top.get(at - 1).getValue().total() < score.total()) {
                at--;
            }
            if (at < count) {
                top.add(at, Map.entry(names.get(place), score));
                if (top.size() > count) {
                    top.removeLast();
                }
            }
        }
        return top;
    }
}
