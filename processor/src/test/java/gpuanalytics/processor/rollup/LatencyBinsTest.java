package gpuanalytics.processor.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatencyBinsTest {

    /** The bin is, by definition, the first that reaches as far. */
    private static int firstThatReaches(double latencyMs) {
        return IntStream.range(0, LatencyBins.COUNT - 1)
                .filter(bin -> latencyMs * 1000 <= StrictMath.pow(2, bin / 8.0))
                .findFirst()
                .orElse(LatencyBins.COUNT - 1);
    }

    @Test
    void everyLatencyIsInTheFirstBinThatReachesAsFar() {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            double latencyMs = StrictMath.pow(2, random.nextDouble(-12, 40)) / 1000;
            assertEquals(
                    firstThatReaches(latencyMs),
                    LatencyBins.of(latencyMs),
                    latencyMs + " ms, seed " + seed);
        }
    }

    @Test
    void theEdgesOfBinsAreInThemAndWhatLiesBehindIsInTheNext() {
        for (int bin = 0; bin < LatencyBins.COUNT; bin++) {
            double us = StrictMath.pow(2, bin / 8.0);
            for (double edge : new double[] {us, Math.nextUp(us), Math.nextDown(us)}) {
                double latencyMs = edge / 1000;
                assertEquals(firstThatReaches(latencyMs), LatencyBins.of(latencyMs), edge + " us");
            }
        }
    }

    @Test
    void whatNoBinReachesIsInTheLast() {
        assertEquals(0, LatencyBins.of(0));
        assertEquals(0, LatencyBins.of(-1));
        assertEquals(LatencyBins.COUNT - 1, LatencyBins.of(1e12));
        assertEquals(LatencyBins.COUNT - 1, LatencyBins.of(Double.POSITIVE_INFINITY));
        assertEquals(LatencyBins.COUNT - 1, LatencyBins.of(Double.NaN));
    }
}
