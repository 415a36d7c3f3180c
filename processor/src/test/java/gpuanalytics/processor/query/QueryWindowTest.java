package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryWindowTest {

    @ParameterizedTest
    @CsvSource({
        // total: minutes, unless both ends are whole hours or the range is long
        "2026-01-31T10:20:30Z, 2026-01-31T11:00:00Z, total, 2026-01-31T10:20:00Z,"
                + " 2026-01-31T11:00:00Z, 60",
        "2026-01-31T10:00:00Z, 2026-01-31T11:00:00Z, total, 2026-01-31T10:00:00Z,"
                + " 2026-01-31T11:00:00Z, 3600",
        "2026-01-31T10:00:00Z, 2026-01-31T11:00:00.000000001Z, total, 2026-01-31T10:00:00Z,"
                + " 2026-01-31T11:01:00Z, 60",
        "2026-01-29T10:20:30Z, 2026-01-31T10:20:30Z, total, 2026-01-29T10:20:00Z,"
                + " 2026-01-31T10:21:00Z, 60",
        "2026-01-29T10:20:29Z, 2026-01-31T10:20:30Z, total, 2026-01-29T10:00:00Z,"
                + " 2026-01-31T11:00:00Z, 3600",
        // steps: hours where the step is whole hours
        "2026-01-31T10:20:30Z, 2026-01-31T10:21:00Z, PT1M, 2026-01-31T10:20:00Z,"
                + " 2026-01-31T10:21:00Z, 60",
        "2026-01-31T10:20:30Z, 2026-01-31T10:21:00Z, PT90M, 2026-01-31T09:00:00Z,"
                + " 2026-01-31T10:30:00Z, 60",
        "2026-01-31T10:20:30Z, 2026-01-31T10:21:00Z, PT1H, 2026-01-31T10:00:00Z,"
                + " 2026-01-31T11:00:00Z, 3600",
        "2026-01-31T10:20:30Z, 2026-01-31T10:21:00Z, PT24H, 2026-01-31T00:00:00Z,"
                + " 2026-02-01T00:00:00Z, 3600",
    })
    void coversTheRangeWithWholeSteps(
            Instant from, Instant to, String step, Instant first, Instant end, long bucketSeconds) {
        var window = QueryWindow.covering(from, to, step(step));

        assertEquals(
                new QueryWindow(first, end, step(step), Duration.ofSeconds(bucketSeconds)), window);
    }

    @Test
    void limitsNameTheParameterAndWhatWouldFit() {
        var limits = new QueryLimits(Duration.ofDays(10), 60, 100, 1, Duration.ofSeconds(1));
        var start = Instant.parse("2026-01-01T00:00:00Z");

        assertEquals(
                "from is 2026-01-01T00:00:00Z, expected at most 10 days before to, which is"
                        + " 2026-01-12T00:00:00Z",
                refusal(
                        limits,
                        QueryWindow.covering(start, start.plus(Duration.ofDays(11)), null)));
        assertEquals(
                "step is 1m, expected at least 3m for this range, so that there are at most 60"
                        + " points",
                refusal(
                        limits,
                        QueryWindow.covering(
                                start, start.plus(Duration.ofHours(2)), QueryWindow.MINUTE)));
        assertEquals(
                "step is 20d, expected at most 10d",
                refusal(
                        limits,
                        QueryWindow.covering(
                                start, start.plus(Duration.ofHours(2)), Duration.ofDays(20))));
    }

    @ParameterizedTest
    @CsvSource({"60, 1m", "5400, 90m", "3600, 1h", "21600, 6h", "86400, 1d", "90, 90s"})
    void writesStepsAsTheApiReadsThem(long seconds, String expected) {
        assertEquals(expected, QueryWindow.text(Duration.ofSeconds(seconds)));
    }

    @Test
    void secondsOfAPointEndNow() {
        var start = Instant.parse("2026-01-31T10:00:00Z");
        var window = QueryWindow.covering(start, start.plusSeconds(180), QueryWindow.MINUTE);
        var now = start.plusSeconds(90);

        assertEquals(60, window.elapsedSeconds(start, now));
        assertEquals(30, window.elapsedSeconds(start.plusSeconds(60), now));
        assertEquals(0, window.elapsedSeconds(start.plusSeconds(120), now));
        assertEquals(90, window.elapsedSeconds(now));
    }

    private static String refusal(QueryLimits limits, QueryWindow window) {
        return String.valueOf(
                assertThrows(InvalidQueryException.class, () -> limits.check(window)).getMessage());
    }

    private static @Nullable Duration step(String text) {
        return text.equals("total") ? null : Duration.parse(text);
    }
}
