package gpuanalytics.placement.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a forest's corrections start: what a rule of thumb says, or what is usual where it has
 * nothing to say.
 *
 * @param rule null where none had anything to say in the training
 * @param usual the median of all outcomes of the training
 */
record Anchor(@Nullable NaiveRule rule, double usual) {

    /**
     * The rule that was wrong by least in these cases.
     *
     * @param cases at least one
     */
    static Anchor of(List<Case> cases) {
        NaiveRule best = null;
        double least = Double.POSITIVE_INFINITY;
        for (var rule : NaiveRule.ALL) {
            double error = 0;
            int rows = 0;
            for (var each : cases) {
                var said = each.question().naive().get(rule);
                if (said != null) {
                    error += Math.abs(each.outcome() - said);
                    rows++;
                }
            }
            if (rows > 0 && error / rows < least) {
                least = error / rows;
                best = rule;
            }
        }
        return new Anchor(
                best, Statistics.median(cases.stream().mapToDouble(Case::outcome).toArray()));
    }

    double of(Map<NaiveRule, Double> naive) {
        var said = rule == null ? null : naive.get(rule);
        return said == null ? usual : said;
    }

    /** By how much it is too low. */
    double error(Case known) {
        return known.outcome() - of(known.question().naive());
    }
}
