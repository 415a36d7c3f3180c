package gpuanalytics.placement.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One observation as a question with its answer.
 *
 * @param question what was known when its window began
 * @param outcome what came of it
 * @param knownAt when that was known
 */
record Case(Question question, double outcome, Instant knownAt) {

    /**
     * The cases whose outcome became known after one moment and not after another, in that order.
     */
    static List<Case> of(History history, Target target, Instant after, Instant until) {
        var cases = new ArrayList<Case>();
        for (var seen : history.observations()) {
            var outcome = target.of(seen);
            var knownAt = target.knownAt(seen);
            if (outcome != null && knownAt.isAfter(after) && !knownAt.isAfter(until)) {
                cases.add(new Case(history.question(target, seen.subject()), outcome, knownAt));
            }
        }
        cases.sort((one, other) -> one.knownAt.compareTo(other.knownAt));
        return cases;
    }
}
