package gpuanalytics.processor.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.decode.SeriesKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DistinctValuesTest {

    @Test
    void countsFewValuesExactly() {
        var values = new DistinctValues();
        for (int i = 0; i < 3 * DistinctValues.KEPT; i++) {
            values.add(SeriesKey.hash("user-" + i % DistinctValues.KEPT));
        }

        assertEquals(DistinctValues.KEPT, values.count());
    }

    @Test
    void countsManyValuesAboutRightInWhateverOrderTheyCome() {
        var hashes = new ArrayList<Long>();
        for (int i = 0; i < 200_000; i++) {
            hashes.add(SeriesKey.hash("user-" + i));
        }
        var values = new DistinctValues();
        hashes.forEach(values::add);
        Collections.shuffle(hashes, new Random(3));
        var shuffled = new DistinctValues();
        hashes.forEach(shuffled::add);

        assertEquals(values.count(), shuffled.count());
        // the error's standard deviation is about 4 %
        assertTrue(Math.abs(values.count() - 200_000) < 40_000, "counted " + values.count());
    }

    /** A label that is never folded would fill the hour and fold all others. */
    @Test
    void everyLabelOfAUsageCanBeFolded() {
        assertEquals(
                Set.copyOf(Labels.fields(EventTopic.TOKEN_USAGE)), Set.copyOf(LabelValues.LABELS));
    }
}
