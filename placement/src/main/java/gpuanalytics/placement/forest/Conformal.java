package gpuanalytics.placement.forest;

import java.util.Arrays;

/**
 * Intervals around estimates that are as wide as estimates were wrong of late. An error counts in
 * spreads of its estimate, so that a steady workload has a narrow interval beside a restless one.
 * Where more outcomes than nominal lie outside, because today is not like the last days, a higher
 * quantile of the errors is taken until it is right again, and the other way round: over a long
 * time the share inside is the nominal one, however the world changes.
 *
 * <p>See Lei et al., "Distribution-Free Predictive Inference for Regression" (JASA 2018), section
 * 5.2, for intervals in local units, and Gibbs and Candès, "Adaptive Conformal Inference Under
 * Distribution Shift" (NeurIPS 2021), for the quantile that moves. Not for several threads.
 */
public final class Conformal {

    /** By how much one outcome more outside moves the share that is left outside. */
    private static final double STEP = 0.002;

    /** Many outcomes of one time are alike: together they move it no more than this. */
    private static final int MOST_STEPS = 50;

    private static final double LEAST_OUTSIDE = 0.001;
    private static final double MOST_OUTSIDE = 0.5;

    private final double nominal;
    private final double floor;

    /** The latest errors, the next one to be overwritten at {@code next}. */
    private final double[] errors;

    private int size;
    private int next;
    private double outside;
    private double width = Double.NaN;

    /**
     * Intervals that know no error yet.
     *
     * @param nominal the share of outcomes that intervals are to hold, such as 0.9
     * @param floor the least spread that counts, in the target's unit: estimates that are sure of
     *     themselves are wrong by some rounding, too
     * @param most how many of the latest errors count
     */
    public Conformal(double nominal, double floor, int most) {
        if (!(nominal > 0 && nominal < 1)) {
            throw new IllegalArgumentException(
                    "nominal is %s, expected between 0 and 1".formatted(nominal));
        }
        this.nominal = nominal;
        this.floor = floor;
        errors = new double[most];
        outside = 1 - nominal;
    }

    /** An error in spreads of its estimate. */
    private double inSpreads(double error, double spread) {
        return Math.abs(error) / (spread + floor);
    }

    /**
     * Takes in by how much an estimate was wrong for which no interval was given.
     *
     * @param error in the target's unit
     * @param spread of the estimate
     */
    public void learn(double error, double spread) {
        errors[next] = inSpreads(error, spread);
        next = (next + 1) % errors.length;
        size = Math.min(size + 1, errors.length);
        width = Double.NaN;
    }

    /**
     * Takes in by how much the estimates were wrong whose outcomes became known at about the same
     * time.
     *
     * @param wrong in the target's unit
     * @param spreads of the estimates
     */
    public void follow(double[] wrong, double[] spreads) {
        if (wrong.length == 0) {
            return;
        }
        double given = width();
        int missed = 0;
        for (int row = 0; row < wrong.length; row++) {
            missed += inSpreads(wrong[row], spreads[row]) > given ? 1 : 0;
            learn(wrong[row], spreads[row]);
        }
        double tooMany = (double) missed / wrong.length - (1 - nominal);
        double step = STEP * Math.min(wrong.length, MOST_STEPS);
        outside = Math.clamp(outside - step * tooMany, LEAST_OUTSIDE, MOST_OUTSIDE);
        width = Double.NaN;
    }

    /**
     * Half the interval around an estimate, in the target's unit; infinite where too few errors are
     * known for so high a share.
     */
    public double halfWidth(double spread) {
        return width() * (spread + floor);
    }

    private double width() {
        if (Double.isNaN(width)) {
            var sorted = Arrays.copyOf(errors, size);
            Arrays.sort(sorted);
            int rank = (int) Math.ceil((size + 1) * (1 - outside));
            // beyond what the nominal share asks for, the largest error has to do
            boolean isAsked = (size + 1) * nominal > size;
            width = isAsked ? Double.POSITIVE_INFINITY : sorted[Math.min(rank, size) - 1];
        }
        return width;
    }
}
