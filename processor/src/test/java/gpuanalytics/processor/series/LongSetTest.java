package gpuanalytics.processor.series;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongSetTest {

    @Test
    void holdsWhatASetHolds() {
        var random = new Random(3);
        var expected = new HashSet<Long>();
        var set = new LongSet();
        for (int i = 0; i < 10_000; i++) {
            var value = random.nextLong(8_000) + 1;
            expected.add(value);
            set.add(value);
        }

        assertEquals(expected.size(), set.size());
        for (long value = 1; value <= 8_000; value++) {
            assertEquals(expected.contains(value), set.contains(value), "value " + value);
        }
    }
}
