package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryWindowTest {

    @ParameterizedTest
    @CsvSource({
        // a total is read from whole hours, and from minutes what lies within an hour
        "2026-01-31T10:20:30Z, 2026-01-31T11:00:00Z, total, 10:20-11:00 m",
        "2026-01-31T10:00:00Z, 2026-01-31T11:00:00Z, total, 10:00-11:00 h",
        "2026-01-31T10:00:00Z, 2026-01-31T11:00:00.000000001Z, total, 10:00-11:00 h 11:00-11:01 m",
        "2026-01-31T10:20:30Z, 2026-01-31T15:40:00Z, total,"
                + " 10:20-11:00 m 11:00-15:00 h 15:00-15:40 m",
        "2026-01-31T10:20:30Z, 2026-01-31T10:40:00Z, total, 10:20-10:40 m",
        "2026-01-31T10:20:30Z, 2026-01-31T11:40:00Z, total, 10:20-11:00 m 11:00-11:40 m",
        // steps within hours are read from minutes, those of whole hours as totals are
        "2026-01-31T10:20:30Z, 2026-01-31T10:21:00Z, PT1M, 10:20-10:21 m",
        "2026-01-31T10:20:30Z, 2026-01-31T13:21:00Z, PT90M, 10:20-13:21 m",
        "2026-01-31T10:20:30Z, 2026-01-31T10:21:00Z, PT1H, 10:20-10:21 m",
        "2026-01-31T10:00:00Z, 2026-01-31T12:00:00Z, PT24H, 10:00-12:00 h",
        "2026-01-31T10:10:00Z, 2026-01-31T14:20:00Z, PT2H,"
                + " 10:10-11:00 m 11:00-14:00 h 14:00-14:20 m",
    })
    void coversTheRangeToTheMinuteAndReadsNoMoreMinutesThanItMust(
            Instant from, Instant to, String step, String parts) {
        assertEquals(parts, text(Windows.covering(from, to, step(step))));
    }

    /** Midnight in India is half past an hour of UTC, every day. */
    @Test
    void readsTheMinutesOfEveryHourInWhichADayBegins() {
        var india = new Step.Calendar(Step.Unit.DAY, ZoneId.of("Asia/Kolkata"));
        var window =
                QueryWindow.of(
                        Instant.parse("2026-01-30T18:10:00Z"),
                        Instant.parse("2026-02-01T18:30:00Z"),
                        india);

        assertEquals(
                "18:10-19:00 m 19:00-18:00 h 18:00-19:00 m 19:00-18:00 h 18:00-18:30 m",
                text(window));
        assertEquals(3, window.points());
    }

    @ParameterizedTest
    @CsvSource({
        // a day of 23 hours, one of 25, one of 24.5 and one of 23.5
        "DAY, Europe/Berlin, 2026-03-29T10:00:00Z, 2026-03-28T23:00:00Z, PT23H",
        "DAY, Europe/Berlin, 2026-10-25T10:00:00Z, 2026-10-24T22:00:00Z, PT25H",
        "DAY, Australia/Lord_Howe, 2026-04-05T01:00:00Z, 2026-04-04T13:00:00Z, PT24H30M",
        "DAY, Australia/Lord_Howe, 2026-10-04T01:00:00Z, 2026-10-03T13:30:00Z, PT23H30M",
        // two midnights, none, and a day that there was not
        "DAY, America/Havana, 2026-11-01T05:30:00Z, 2026-11-01T04:00:00Z, PT25H",
        "DAY, America/Asuncion, 2023-10-01T12:00:00Z, 2023-10-01T04:00:00Z, PT23H",
        "DAY, Pacific/Apia, 2011-12-30T09:00:00Z, 2011-12-29T10:00:00Z, PT24H",
        "DAY, Pacific/Apia, 2011-12-30T10:00:00Z, 2011-12-30T10:00:00Z, PT24H",
        "WEEK, America/New_York, 2026-03-08T12:00:00Z, 2026-03-02T05:00:00Z, PT167H",
        "WEEK, UTC, 2026-11-22T23:59:00Z, 2026-11-16T00:00:00Z, PT168H",
        "MONTH, America/New_York, 2026-11-30T12:00:00Z, 2026-11-01T04:00:00Z, PT721H",
        "MONTH, Asia/Kolkata, 2026-02-28T18:29:59Z, 2026-01-31T18:30:00Z, PT672H",
    })
    void daysWeeksAndMonthsAreThoseOfTheZone(
            Step.Unit unit, String zone, Instant time, Instant start, Duration length) {
        var step = new Step.Calendar(unit, ZoneId.of(zone));

        assertEquals(start, step.start(time));
        assertEquals(start, step.start(start));
        assertEquals(length, Duration.between(start, step.next(start)));
        assertEquals(step.next(start), step.start(step.next(start)));
    }

    /** Where the minutes of a start have expired, the point starts with its hour. */
    @Test
    void withoutMinutesPointsStartWithTheirHours() {
        var window =
                QueryWindow.of(
                        Instant.parse("2026-01-30T18:30:00Z"),
                        Instant.parse("2026-02-01T18:30:00Z"),
                        new Step.Calendar(Step.Unit.DAY, ZoneId.of("Asia/Kolkata")));

        var coarse = window.byHours(Set.of(Instant.parse("2026-01-31T18:00:00Z")));

        assertEquals("18:30-19:00 m 19:00-18:00 h 18:00-18:30 m", text(coarse));
        var first = coarse.pointOf(Instant.parse("2026-01-31T17:59:00Z"));
        assertEquals(Instant.parse("2026-01-30T18:00:00Z"), first);
        assertEquals(Instant.parse("2026-01-31T18:00:00Z"), coarse.endOf(first));
        assertEquals(coarse.endOf(first), coarse.pointOf(coarse.endOf(first)));
    }

    @Test
    void limitsNameTheParameterAndWhatWouldFit() {
        var limits = new QueryLimits(Duration.ofDays(10), 60, 100, 1, Duration.ofSeconds(1));
        var start = Instant.parse("2026-01-01T00:00:00Z");

        assertEquals(
                "from is 2026-01-01T00:00:00Z, expected at most 10 days before to, which is"
                        + " 2026-01-12T00:00:00Z",
                refusal(limits, Windows.covering(start, start.plus(Duration.ofDays(11)), null)));
        assertEquals(
                "step is 1m, expected at least 3m for this range, so that there are at most 60"
                        + " points",
                refusal(
                        limits,
                        Windows.covering(
                                start, start.plus(Duration.ofHours(2)), QueryWindow.MINUTE)));
        assertEquals(
                "step is 20d, expected at most 10d",
                refusal(
                        limits,
                        Windows.covering(
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
        var window = Windows.covering(start, start.plusSeconds(180), QueryWindow.MINUTE);
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

    /** What is read: times of day, and whether from minutes or hours. */
    private static String text(QueryWindow window) {
        return window.parts().stream()
                .map(
                        part ->
                                "%s-%s %s"
                                        .formatted(
                                                part.from().toString().substring(11, 16),
                                                part.to().toString().substring(11, 16),
                                                part.isMinutes() ? "m" : "h"))
                .collect(Collectors.joining(" "));
    }

    private static @Nullable Duration step(String text) {
        return text.equals("total") ? null : Duration.parse(text);
    }
}
