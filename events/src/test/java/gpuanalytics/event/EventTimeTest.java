package gpuanalytics.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventTimeTest {

    @Test
    void aTimeIsWrittenAsJavaWritesIt() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int[] units = {1, 1_000, 1_000_000, 1_000_000_000};
        for (int n = 0; n < 100_000; n++) {
            int unit = units[random.nextInt(units.length)];
            var time =
                    Instant.ofEpochSecond(
                            random.nextLong(-70_000_000_000L, 300_000_000_000L),
                            random.nextInt(1_000_000_000) / unit * (long) unit);
            assertEquals(time.toString(), EventTime.text(time), () -> "seed " + seed);
        }
    }
}
