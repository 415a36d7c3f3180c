package gpuanalytics.producer.source.synthetic;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The mean work of a day's requests by serving model and size, from the same distributions as the
 * requests themselves. Estimated once each.
 */
final class MeanWork {

    private static final int DRAWS = 1000;

    private record Kind(ServingModel serving, Request.Limits limits, double sizeFactor) {}

    private final Map<Kind, Double> known = new HashMap<>();

    /** Seconds of the whole GPU, run at full batch. */
    double seconds(ServingModel serving, Request.Limits limits, double sizeFactor) {
        return known.computeIfAbsent(new Kind(serving, limits, sizeFactor), MeanWork::estimate);
    }

    private static double estimate(Kind kind) {
        var random = new SplittableRandom(1);
        double sum = 0;
        for (int drawn = 0; drawn < DRAWS; drawn++) {
            var request =
                    Request.draw(
                            random,
                            0,
                            kind.limits(),
                            LoadCurve.MEAN_INTERACTIVE_SHARE,
                            kind.sizeFactor());
            sum += request.seconds(kind.serving());
        }
        return sum / DRAWS;
    }
}
