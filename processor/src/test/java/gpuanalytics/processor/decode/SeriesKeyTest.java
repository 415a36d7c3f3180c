package gpuanalytics.processor.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SeriesKeyTest {

    @Test
    void leavesAbsentPartsEmpty() {
        assertEquals(
                "llama||alice||", SeriesKey.of(Arrays.asList("llama", null, "alice", null, null)));
    }

    @Test
    void keepsSeriesApartWhoseTextsHoldTheSeparator() {
        assertNotEquals(
                SeriesKey.of(Arrays.asList("a|b", null)), SeriesKey.of(Arrays.asList("a", "b|")));
        assertNotEquals(
                SeriesKey.of(Arrays.asList("a\\", "b")), SeriesKey.of(Arrays.asList("a", "\\b")));
    }

    @Test
    void keepsTheModelCalledOtherApartFromTheSurplus() {
        assertNotEquals(
                SeriesKey.other(), SeriesKey.of(Arrays.asList("other", null, null, null, null)));
    }

    @Test
    void boundsTheLengthOfAKey() {
        var long1 = SeriesKey.of(Arrays.asList("m", "t".repeat(512), "u".repeat(512), null, null));
        var long2 = SeriesKey.of(Arrays.asList("m", "t".repeat(512), "u".repeat(511), null, null));

        assertTrue(long1.length() <= SeriesKey.MAX_CHARS, long1);
        assertNotEquals(long1, long2);
    }

    @Test
    void givesNoTwoSeriesTheSameKey() {
        var random = new Random(5);
        List<@Nullable String> texts =
                Arrays.asList(null, "a", "b", "|", "\\", "a|", "|a", "\\|", "a\\", "sha256:");
        var seen = new HashMap<String, List<@Nullable String>>();
        for (int i = 0; i < 20_000; i++) {
            var series = new ArrayList<@Nullable String>();
            for (int part = 0; part < 3; part++) {
                series.add(texts.get(random.nextInt(texts.size())));
            }
            var before = seen.putIfAbsent(SeriesKey.of(series), series);
            assertTrue(before == null || before.equals(series), before + " and " + series);
            assertFalse(SeriesKey.isFolded(SeriesKey.of(series)), () -> "folded: " + series);
        }
    }
}
