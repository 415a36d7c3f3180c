package gpuanalytics.processor.ledger;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Splits a whole into whole parts that add up to it: each part is rounded down, and what is left
 * goes, one by one, to the parts that lost most; of equal ones to the first.
 */
final class LargestRemainder {

    private LargestRemainder() {}

    /**
     * The parts of a total by weight.
     *
     * @param total not negative
     * @param weights not negative, and not all 0
     */
    static long[] split(long total, long[] weights) {
        double sum = 0;
        for (long weight : weights) {
            sum += weight;
        }
        if (!(sum > 0) || total < 0) {
            throw new IllegalArgumentException(
                    "%d over %s, expected weights above 0"
                            .formatted(total, Arrays.toString(weights)));
        }
        var parts = new long[weights.length];
        var lost = new double[weights.length];
        long left = total;
        for (int i = 0; i < parts.length; i++) {
            double share = total * (weights[i] / sum);
            // never more than there is, however the doubles are rounded
            parts[i] = Math.min((long) share, left);
            lost[i] = share - parts[i];
            left -= parts[i];
        }
        handOut(left, parts, lost, weights);
        return parts;
    }

    /** Nothing goes to a part without weight. */
    private static void handOut(long left, long[] parts, double[] lost, long[] weights) {
        if (left == 0) {
            return;
        }
        int takers = 0;
        var order = new double[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (weights[i] > 0) {
                order[takers++] = lost[i];
            }
        }
        Arrays.sort(order, 0, takers);
        long each = left / takers;
        int more = (int) (left % takers);
        // those that lost more than the last one that gets one more, and the first of its equals
        double least = more == 0 ? Double.POSITIVE_INFINITY : order[takers - more];
        int equals = more - takers + lastUpTo(least, order, takers);
        for (int i = 0; i < parts.length; i++) {
            if (weights[i] > 0) {
                var isEqual = Double.compare(lost[i], least) == 0;
                var getsMore = isEqual ? equals-- > 0 : Double.compare(lost[i], least) > 0;
                parts[i] += each + (getsMore ? 1 : 0);
            }
        }
    }

    /** How many of the first are not above a bound. */
    private static int lastUpTo(double bound, double[] sorted, int count) {
        int last = count;
        while (last > 0 && Double.compare(sorted[last - 1], bound) > 0) {
            last--;
        }
        return last;
    }

    /**
     * Numbers rounded to so many digits that add up to a total.
     *
     * @param total has at most so many digits, and is less than one unit of the last digit per
     *     number away from their sum
     */
    static List<BigDecimal> round(List<BigDecimal> numbers, BigDecimal total, int digits) {
        var rounded = new BigDecimal[numbers.size()];
        var left = total;
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = numbers.get(i).setScale(digits, RoundingMode.FLOOR);
            left = left.subtract(rounded[i]);
        }
        var unit = BigDecimal.ONE.movePointLeft(digits);
        long units = left.divide(unit, 0, RoundingMode.UNNECESSARY).longValueExact();
        var order =
                IntStream.range(0, rounded.length)
                        .boxed()
                        .sorted(
                                Comparator.comparing(
                                        (Integer i) -> rounded[i].subtract(numbers.get(i))))
                        .toList();
        for (int place = 0; place < Math.min(units, order.size()); place++) {
            int i = order.get(place);
            rounded[i] = rounded[i].add(unit);
        }
        return List.of(rounded);
    }
}
