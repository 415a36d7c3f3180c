package gpuanalytics.placement.model;

import gpuanalytics.placement.feature.Feature;
import gpuanalytics.placement.feature.GpuModelCodes;
import gpuanalytics.placement.feature.NodeFeatures;
import gpuanalytics.placement.forest.Conformal;
import gpuanalytics.placement.forest.Estimate;
import gpuanalytics.placement.forest.Forest;
import gpuanalytics.placement.forest.TrainingRows;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;

/**
 * A forest for one target, with its intervals and where it comes from. It learns by how much the
 * rule of thumb is wrong, so that it need not learn what the rule says. Any thread may ask.
 */
final class TargetModel {

    /** The least spread that counts, as a share of that of all outcomes. */
    private static final double LEAST_SPREAD = 0.02;

    private final Target target;
    private final ModelState.Model origin;
    private final Forest forest;
    private final GpuModelCodes gpuModels;
    private final Anchor anchor;
    private final double nominal;
    private final double usualSpan;
    private final Conformal conformal;

    private TargetModel(
            Target target,
            ModelState.Model origin,
            Forest forest,
            GpuModelCodes gpuModels,
            Anchor anchor,
            ModelSettings settings,
            List<Case> cases) {
        this.target = target;
        this.origin = origin;
        this.forest = forest;
        this.gpuModels = gpuModels;
        this.anchor = anchor;
        nominal = settings.nominal();
        var sorted = cases.stream().mapToDouble(Case::outcome).toArray();
        Arrays.sort(sorted);
        usualSpan = Statistics.quantile(sorted, 0.95) - Statistics.quantile(sorted, 0.05);
        double spread = sorted.length < 2 ? 0 : Statistics.deviation(sorted);
        conformal =
                new Conformal(
                        nominal, Math.max(LEAST_SPREAD * spread, 1e-9), settings.calibrationRows());
        var outOfBag = forest.outOfBag();
        for (int row = 0; row < cases.size(); row++) {
            if (!Double.isNaN(outOfBag.values()[row])) {
                double off = anchor.error(cases.get(row));
                conformal.learn(off - outOfBag.values()[row], outOfBag.spreads()[row]);
            }
        }
    }

    /**
     * Grows one.
     *
     * @param cases in the order in which they became known; at least one
     * @param from the cases became known after this
     * @param to and not after this
     * @param now names the model
     */
    static TargetModel grow(
            Target target,
            List<Case> cases,
            ModelSettings settings,
            Instant from,
            Instant to,
            Instant now)
            throws InterruptedException {
        long began = System.nanoTime();
        var features = cases.stream().map(each -> each.question().features()).toList();
        var gpuModels = GpuModelCodes.of(features);
        var anchor = Anchor.of(cases);
        var rows =
                TrainingRows.of(
                        features.stream().map(row -> row.columns(gpuModels)).toList(),
                        Feature.categories(),
                        cases.stream().mapToDouble(anchor::error).toArray());
        var growth = settings.growth();
        var forest = Forest.grow(rows, growth);
        var took = Duration.ofNanos(System.nanoTime() - began);
        var origin =
                new ModelState.Model(
                        "%s@%s".formatted(target.label(), now),
                        now,
                        from,
                        to,
                        cases.size(),
                        growth.trees(),
                        growth.seed(),
                        took);
        return new TargetModel(target, origin, forest, gpuModels, anchor, settings, cases);
    }

    ModelState.Model origin() {
        return origin;
    }

    private Estimate estimate(Question question) {
        return forest.estimate(question.features().columns(gpuModels));
    }

    /** What it says. */
    Prediction predict(Question question) {
        var estimate = estimate(question);
        double base = anchor.of(question.naive()) + estimate.base();
        double value = base;
        for (double part : estimate.contributions()) {
            value += part;
        }
        var range = range(value, estimate.spread());
        var contributions = new EnumMap<Feature, Double>(Feature.class);
        for (var feature : Feature.ALL) {
            contributions.put(feature, estimate.contributions()[feature.column()]);
        }
        return new Prediction(
                target,
                origin.id(),
                value,
                range.low(),
                range.high(),
                nominal,
                confidence(range.high() - range.low()),
                base,
                contributions);
    }

    private Range range(double value, double spread) {
        double half = halfWidth(spread);
        return new Range(value, target.clip(value - half), target.clip(value + half));
    }

    /** What it says of a pod on many nodes, without what makes it up. */
    TargetSlice slice(Question question) {
        double anchored = anchor.of(question.naive());
        var columns = question.features().columns(gpuModels);
        return new TargetSlice(
                target,
                forest.slice(columns, NodeFeatures.columns()),
                gpuModels,
                said -> range(anchored + said.value(), said.spread()));
    }

    private double confidence(double width) {
        if (width == 0) {
            return 1;
        }
        return usualSpan == 0 ? 0 : Math.max(0, 1 - width / usualSpan);
    }

    /**
     * Takes in what came of cases, so that intervals stay as wide as errors are.
     *
     * @param known cases whose outcomes became known at about the same time
     */
    void follow(List<Case> known) {
        var wrong = new double[known.size()];
        var spreads = new double[known.size()];
        for (int row = 0; row < wrong.length; row++) {
            var estimate = estimate(known.get(row).question());
            wrong[row] = anchor.error(known.get(row)) - estimate.value();
            spreads[row] = estimate.spread();
        }
        synchronized (this) {
            conformal.follow(wrong, spreads);
        }
    }

    private synchronized double halfWidth(double spread) {
        return conformal.halfWidth(spread);
    }
}
