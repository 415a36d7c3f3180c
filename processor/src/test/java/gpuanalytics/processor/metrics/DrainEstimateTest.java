package gpuanalytics.processor.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainEstimateTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final DrainEstimate drain = new DrainEstimate();

    @Test
    void tendsToTheLagOverTheRate() {
        for (int second = 1; second <= 300; second++) {
            drain.update(second * 100L, 5000, SECOND);
        }

        assertEquals(50, drain.seconds(), 0.1);
    }

    @Test
    void isInfiniteWhileNothingIsDone() {
        drain.update(0, 10, SECOND);

        assertEquals(Double.POSITIVE_INFINITY, drain.seconds());
    }

    @Test
    void isZeroWithoutLagAndUnknownWithAnUnknownOne() {
        drain.update(0, 0, SECOND);
        assertEquals(0, drain.seconds());

        drain.update(0, -1, SECOND);
        assertTrue(Double.isNaN(drain.seconds()));
    }
}
