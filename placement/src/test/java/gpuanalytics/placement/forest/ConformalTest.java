package gpuanalytics.placement.forest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConformalTest {

    private final long seed = new SplittableRandom().nextLong();
    private final SplittableRandom random = new SplittableRandom(seed);

    ConformalTest() {
        System.out.println("[seed] conformal " + seed);
    }

    private double[] errors(int size, double deviation) {
        var errors = new double[size];
        for (int row = 0; row < size; row++) {
            errors[row] = deviation * random.nextGaussian();
        }
        return errors;
    }

    private static double[] ones(int size) {
        var ones = new double[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static int held(Conformal conformal, double[] errors) {
        int held = 0;
        for (double error : errors) {
            held += Math.abs(error) <= conformal.halfWidth(1) ? 1 : 0;
        }
        return held;
    }

    @Test
    void holdsTheNominalShareAlsoAfterTheWorldHasChanged() {
        var conformal = new Conformal(0.9, 0, 1000);
        for (double error : errors(1000, 1)) {
            conformal.learn(error, 1);
        }
        int held = 0;
        int given = 0;
        for (int hour = 0; hour < 400; hour++) {
            // errors become three times as large, then small again
            var errors = errors(50, hour / 100 % 2 == 1 ? 3 : 1);
            held += held(conformal, errors);
            given += errors.length;
            conformal.follow(errors, ones(errors.length));
        }
        assertEquals(0.9, (double) held / given, 0.03, "seed " + seed);
    }

    @Test
    void aRestlessEstimateHasAWiderIntervalThanASteadyOne() {
        var conformal = new Conformal(0.9, 0.1, 100);
        for (int row = 1; row <= 99; row++) {
            conformal.learn(row, 1);
        }
        assertEquals(90 / 1.1 * 1.1, conformal.halfWidth(1), 1e-9);
        assertEquals(90 / 1.1 * 5.1, conformal.halfWidth(5), 1e-9);
    }

    @Test
    void tooFewErrorsGiveNoInterval() {
        var conformal = new Conformal(0.9, 0.1, 100);
        for (int row = 0; row < 8; row++) {
            conformal.learn(1, 1);
        }
        assertTrue(Double.isInfinite(conformal.halfWidth(1)));
        conformal.learn(1, 1);
        assertEquals(1, conformal.halfWidth(1), 1e-9);
    }
}
