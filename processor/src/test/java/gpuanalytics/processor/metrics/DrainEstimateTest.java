package gpuanalytics.processor.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainEstimateTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final DrainEstimate drain = new DrainEstimate();
    private long done;

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

    /** What comes says nothing of what it could do. */
    @Test
    void doesNotForgetOfWhatItIsCapableWhenLittleComes() {
        seconds(60, 1000, 50_000);
        seconds(3600, 1, 1); // a night

        drain.update(done += 1000, 30_000, SECOND);

        assertEquals(30, drain.seconds(), 1);
    }

    @Test
    void isZeroWhenNothingComesAnyMore() {
        seconds(60, 1000, 50_000);
        seconds(3600, 0, 0);

        assertEquals(0, drain.seconds());
    }

    @Test
    void followsAStoreThatGetsSlower() {
        seconds(60, 1000, 50_000);
        seconds(300, 100, 50_000);

        assertEquals(500, drain.seconds(), 10);
    }

    @Test
    void learnsThatItIsCapableOfMoreWhileItKeepsUp() {
        seconds(60, 100, 5000);
        seconds(60, 2000, 500);

        assertEquals(500 / 2000.0, drain.seconds(), 0.01);
    }

    /** Batches that are done every other second. */
    @Test
    void isSteadyWhereWhatIsDoneIsNot() {
        for (int second = 1; second <= 300; second++) {
            drain.update(done += second % 2 == 0 ? 0 : 200, 5000, SECOND);
        }

        assertEquals(50, drain.seconds(), 10);
    }

    private void seconds(int count, long rate, long lag) {
        for (int second = 0; second < count; second++) {
            drain.update(done += rate, lag, SECOND);
        }
    }
}
