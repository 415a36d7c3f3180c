package gpuanalytics.placement.model;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a model did beside the rules of thumb, on the same outcomes: those of which a rule could say
 * something.
 *
 * @param from the outcomes became known after this
 * @param to and not after this
 * @param rows how many they were
 * @param error the model's mean absolute error in the target's unit; NaN without a row, as the
 *     others
 * @param naive the same of each rule
 * @param covered the share of outcomes that lay in the model's intervals
 */
public record Judgement(
        Instant from,
        Instant to,
        int rows,
        double error,
        Map<NaiveRule, Double> naive,
        double covered) {

    static Judgement of(TargetModel model, List<Case> cases, Instant from, Instant to) {
        int rows = 0;
        int covered = 0;
        double error = 0;
        var naive = new EnumMap<NaiveRule, Double>(NaiveRule.class);
        for (var each : cases) {
            if (each.question().naive().isEmpty()) {
                continue;
            }
            rows++;
            var said = model.predict(each.question());
            error += Math.abs(said.value() - each.outcome());
            covered += said.low() <= each.outcome() && each.outcome() <= said.high() ? 1 : 0;
            each.question()
                    .naive()
                    .forEach(
                            (rule, value) ->
                                    naive.merge(
                                            rule, Math.abs(value - each.outcome()), Double::sum));
        }
        int all = rows;
        naive.replaceAll((_, sum) -> sum / all);
        return new Judgement(
                from,
                to,
                rows,
                rows == 0 ? Double.NaN : error / rows,
                naive,
                rows == 0 ? Double.NaN : (double) covered / rows);
    }

    /** The same with another share of outcomes that lay in intervals. */
    Judgement withCovered(double share) {
        return new Judgement(from, to, rows, error, naive, share);
    }

    /** The rule that did best; null where none could say anything. */
    public @Nullable NaiveRule bestRule() {
        return naive.entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    /** That rule's error; NaN where there is none. */
    public double naiveError() {
        var best = bestRule();
        var error = best == null ? null : naive.get(best);
        return error == null ? Double.NaN : error;
    }

    /** Whether the model was better than every rule. */
    boolean beatsNaive() {
        return rows > 0 && error < naiveError();
    }
}
