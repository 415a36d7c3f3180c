package gpuanalytics.service.retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

    @Test
    void pausesDoubleUpToTheLongest() {
        RandomGenerator most =
                new RandomGenerator() {
                    @Override
                    public long nextLong() {
                        return 0;
                    }

                    @Override
                    public long nextLong(long bound) {
                        return bound - 1;
                    }
                };

        assertEquals(Duration.ofMillis(50), backoff.pauseAfter(1, most));
        assertEquals(Duration.ofMillis(100), backoff.pauseAfter(2, most));
        assertEquals(Duration.ofMillis(3200), backoff.pauseAfter(7, most));
        assertEquals(Duration.ofSeconds(5), backoff.pauseAfter(8, most));
        assertEquals(Duration.ofSeconds(5), backoff.pauseAfter(Integer.MAX_VALUE, most));
    }

    @Test
    void atMostHalfOfAPauseIsRandom() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int attempt = 1; attempt < 1000; attempt++) {
            var pause = backoff.pauseAfter(8, random);

            assertTrue(
                    pause.compareTo(Duration.ofMillis(2500)) >= 0
                            && pause.compareTo(Duration.ofSeconds(5)) <= 0,
                    pause + " with seed " + seed);
        }
    }

    @Test
    void aLongestPauseBelowTheFirstIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }
}
