package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against the rule as it is said, one unit after the other. */
class LargestRemainderTest {

    @Test
    void randomSplitsAreThoseOfTheRule() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            var weights = weights(random);
            if (Arrays.stream(weights).sum() == 0) {
                continue;
            }
            long total = random.nextInt(4) == 0 ? random.nextInt(20) : random.nextLong(1L << 40);

            var parts = LargestRemainder.split(total, weights);

            assertArrayEquals(
                    expected(total, weights),
                    parts,
                    () -> "%d over %s".formatted(total, Arrays.toString(weights)));
            assertEquals(total, Arrays.stream(parts).sum());
        }
    }

    /** Often equal ones, and ones of 0. */
    private static long[] weights(Random random) {
        int kinds = 1 + random.nextInt(4);
        return random.longs(1 + random.nextInt(12), 0, 1L << 30)
                .map(weight -> random.nextBoolean() ? weight % kinds : weight)
                .toArray();
    }

    private static long[] expected(long total, long[] weights) {
        double sum = Arrays.stream(weights).asDoubleStream().sum();
        var exact = Arrays.stream(weights).mapToDouble(weight -> total * (weight / sum)).toArray();
        var parts = Arrays.stream(exact).mapToLong(share -> (long) share).toArray();
        var order =
                IntStream.range(0, parts.length)
                        .filter(i -> weights[i] > 0)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> parts[i] - exact[i]))
                        .toList();
        long left = total - Arrays.stream(parts).sum();
        for (int unit = 0; unit < left; unit++) {
            parts[order.get(unit % order.size())]++;
        }
        return parts;
    }

    @Test
    void withoutWeightsThereIsNoSplit() {
        assertThrows(
                IllegalArgumentException.class, () -> LargestRemainder.split(5, new long[] {0, 0}));
    }
}
