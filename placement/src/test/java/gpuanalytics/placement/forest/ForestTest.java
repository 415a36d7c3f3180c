package gpuanalytics.placement.forest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ForestTest {

    private static final int COLUMNS = 6;
    private static final boolean[] CATEGORIES = {false, false, false, false, false, true};

    private final long seed = new SplittableRandom().nextLong();
    private final SplittableRandom random = new SplittableRandom(seed);

    ForestTest() {
        System.out.println("[seed] forest " + seed);
    }

    /** A row of chance; some values are absent. */
    private double[] row() {
        var row = new double[COLUMNS];
        for (int column = 0; column < COLUMNS; column++) {
            row[column] = random.nextInt(10) == 0 ? Double.NaN : 10 * random.nextDouble();
        }
        row[COLUMNS - 1] = random.nextInt(5) == 0 ? Double.NaN : random.nextInt(8);
        return row;
    }

    private double outcome(double[] row) {
        double known = Double.isNaN(row[0]) ? 30 : row[0] * row[0];
        double category = Double.isNaN(row[5]) ? 0 : row[5] % 2 * 20;
        return known + category + (1 + row.length) * random.nextGaussian();
    }

    private TrainingRows rows(int size) {
        var rows = new ArrayList<double[]>();
        var targets = new double[size];
        for (int number = 0; number < size; number++) {
            rows.add(row());
            targets[number] = outcome(rows.getLast());
        }
        return TrainingRows.of(rows, CATEGORIES, targets);
    }

    private static ForestSettings settings(long seed, int threads) {
        return new ForestSettings(40, 3, 5, 24, seed, threads);
    }

    @Test
    void theSameSeedMakesTheSameForestOnAnyNumberOfThreads() throws Exception {
        var rows = rows(3000);
        var alone = Forest.grow(rows, settings(7, 1));
        var together = Forest.grow(rows, settings(7, 4));

        assertTrue(alone.isSame(together));
        assertArrayEquals(alone.outOfBag().values(), together.outOfBag().values());
        assertArrayEquals(alone.outOfBag().spreads(), together.outOfBag().spreads());
        assertFalse(alone.isSame(Forest.grow(rows, settings(8, 4))), "another seed");
    }

    @Test
    void contributionsAddUpToThePredictionExactly() throws Exception {
        var forest = Forest.grow(rows(3000), settings(seed, 2));
        for (int number = 0; number < 500; number++) {
            var estimate = forest.estimate(row());
            var sum = new BigDecimal(estimate.base());
            for (double part : estimate.contributions()) {
                sum = sum.add(new BigDecimal(part));
            }
            assertEquals(estimate.value(), sum.doubleValue(), 1e-9);
        }
    }

    @Test
    void whatIsAbsentIsNotTakenForZero() throws Exception {
        var rows = new ArrayList<double[]>();
        var targets = new double[1000];
        for (int number = 0; number < targets.length; number++) {
            // the mean of zero and nine is that of absent: only a way of its own parts them
            double value = number % 3 == 0 ? Double.NaN : number % 3 == 1 ? 0 : 9;
            rows.add(new double[] {value, random.nextDouble()});
            targets[number] = Double.isNaN(value) ? 50 : value;
        }
        var forest =
                Forest.grow(
                        TrainingRows.of(rows, new boolean[2], targets),
                        new ForestSettings(20, 2, 5, 24, seed, 2));

        assertEquals(50, forest.estimate(new double[] {Double.NaN, 0.5}).value(), 1);
        assertEquals(0, forest.estimate(new double[] {0, 0.5}).value(), 1);
        assertEquals(9, forest.estimate(new double[] {9, 0.5}).value(), 1);
    }

    @Test
    void categoriesAreSplitWithoutAnOrder() throws Exception {
        var rows = new ArrayList<double[]>();
        var targets = new double[1000];
        for (int number = 0; number < targets.length; number++) {
            rows.add(new double[] {number % 10});
            targets[number] = number % 2;
        }
        // one split only: an order of the numbers would need nine
        var forest =
                Forest.grow(
                        TrainingRows.of(rows, new boolean[] {true}, targets),
                        new ForestSettings(10, 1, 5, 1, seed, 1));

        for (int category = 0; category < 10; category++) {
            assertEquals(category % 2, forest.estimate(new double[] {category}).value(), 1e-12);
        }
    }

    /** Every cut, with what is absent on either side, tried one by one. */
    @Test
    void theSplitIsTheBestThatThereIs() {
        for (int round = 0; round < 200; round++) {
            int size = 20 + random.nextInt(60);
            var bins = new byte[size];
            var targets = new double[size];
            var weights = new byte[size];
            var rows = new int[size];
            double sum = 0;
            int count = 0;
            for (int row = 0; row < size; row++) {
                bins[row] = (byte) random.nextInt(12);
                targets[row] = random.nextGaussian() + bins[row] * 0.1;
                weights[row] = (byte) (1 + random.nextInt(3));
                rows[row] = row;
                sum += weights[row] * targets[row];
                count += weights[row];
            }
            var histogram = new Histogram(4);
            histogram.begin(sum, count);
            histogram.offer(0, false, bins, targets, weights, rows, 0, size);

            double best = sum * sum / count;
            for (int cut = 0; cut < 12; cut++) {
                for (long absent : List.of(0L, 1L)) {
                    long left = (1L << (cut + 1)) - 2 | absent;
                    best = Math.max(best, score(left, bins, targets, weights));
                }
            }
            double found =
                    histogram.column() < 0
                            ? sum * sum / count
                            : score(histogram.left(), bins, targets, weights);
            assertEquals(best, found, 1e-9 * best);
        }
    }

    private static double score(long left, byte[] bins, double[] targets, byte[] weights) {
        var sums = new double[2];
        var counts = new int[2];
        for (int row = 0; row < bins.length; row++) {
            int side = (left >>> bins[row] & 1) == 1 ? 0 : 1;
            sums[side] += weights[row] * targets[row];
            counts[side] += weights[row];
        }
        return counts[0] < 4 || counts[1] < 4
                ? Double.NEGATIVE_INFINITY
                : sums[0] * sums[0] / counts[0] + sums[1] * sums[1] / counts[1];
    }

    @Test
    void itIsNearerThanTheMedianOfAll() throws Exception {
        var forest = Forest.grow(rows(4000), settings(seed, 2));
        double error = 0;
        double withoutModel = 0;
        for (int number = 0; number < 1000; number++) {
            var row = row();
            double outcome = outcome(row);
            error += Math.abs(forest.estimate(row).value() - outcome);
            withoutModel += Math.abs(forest.estimate(row).base() - outcome);
        }
        assertTrue(error < withoutModel / 2, () -> "seed " + seed);
    }

    @Test
    void intervalsFromOutOfBagErrorsHoldTheNominalShareOfRowsLikeTheTraining() throws Exception {
        var rows = rows(4000);
        var forest = Forest.grow(rows, settings(seed, 2));
        var conformal = new Conformal(0.9, 0.1, 4000);
        for (int row = 0; row < rows.size(); row++) {
            conformal.learn(
                    rows.targets()[row] - forest.outOfBag().values()[row],
                    forest.outOfBag().spreads()[row]);
        }
        int held = 0;
        for (int number = 0; number < 4000; number++) {
            var row = row();
            var estimate = forest.estimate(row);
            double off = Math.abs(outcome(row) - estimate.value());
            held += off <= conformal.halfWidth(estimate.spread()) ? 1 : 0;
        }
        assertEquals(0.9, held / 4000.0, 0.03, "seed " + seed);
    }

    @Test
    void rowsAndTargetsThatNothingCanBeLearntFromAreRefused() {
        var bad =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                TrainingRows.of(
                                        List.of(new double[] {1}),
                                        new boolean[1],
                                        new double[] {Double.NaN}));
        assertEquals("a target is NaN, expected a finite number", bad.getMessage());
    }

    @Test
    void aSliceSaysWhatTheForestSaysOfEveryRowThatDiffersInItsColumns() throws Exception {
        var forest = Forest.grow(rows(3000), settings(7, 2));

        for (int times = 0; times < 50; times++) {
            var row = row();
            var slice = forest.slice(row, 5, 0, 3);
            for (int other = 0; other < 50; other++) {
                var differs = row();
                row[5] = differs[5];
                row[0] = differs[0];
                row[3] = differs[3];
                var said = slice.of(slice.cell(row[5], row[0], row[3]));
                var estimate = forest.estimate(row);
                assertEquals(estimate.value(), said.value(), 1e-9);
                assertEquals(estimate.spread(), said.spread(), 1e-9);
            }
        }
    }

    @Test
    void aSliceSaysOfManyCellsWhatItSaysOfEach() throws Exception {
        var forest = Forest.grow(rows(3000), settings(7, 2));

        for (int times = 0; times < 50; times++) {
            var slice = forest.slice(row(), 5, 0, 3);
            var cells = new int[random.nextInt(200)];
            for (int each = 0; each < cells.length; each++) {
                var differs = row();
                cells[each] = slice.cell(differs[5], differs[0], differs[3]);
            }
            var said = slice.of(cells);
            assertEquals(cells.length, said.length);
            for (int each = 0; each < cells.length; each++) {
                var alone = slice.of(cells[each]);
                assertEquals(alone.value(), said[each].value(), 1e-9, "seed " + seed);
                assertEquals(alone.spread(), said[each].spread(), 1e-6, "seed " + seed);
            }
        }
    }
}
