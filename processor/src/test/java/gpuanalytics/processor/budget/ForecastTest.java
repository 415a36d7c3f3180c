package gpuanalytics.processor.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class ForecastTest {

    /** A Sunday's midnight, so the next moment is the first of a week. */
    private static final Instant MONDAY = Instant.parse("2026-03-02T00:00:00Z");

    @Test
    void aWeekThatRepeatsItselfIsForetoldToTheCent() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var week = random.ints(Forecast.HOURS_OF_WEEK, 0, 1000).toArray();
        int hoursBefore = 7 * 24 + random.nextInt(500);
        int hoursToCome = random.nextInt(31 * 24);
        var from = MONDAY.minus(hoursBefore, ChronoUnit.HOURS);
        var hourly = hours(from, hoursBefore, hour -> week[place(hour)]);
        long toCome = 0;
        for (int i = 0; i < hoursToCome; i++) {
            toCome += week[i % week.length];
        }

        var forecast =
                new Forecast(hourly, MONDAY)
                        .at(MONDAY.plus(hoursToCome, ChronoUnit.HOURS), BigDecimal.TEN, MONDAY)
                        .orElseThrow();

        assertEquals(toCome + 10.0, forecast.doubleValue(), 0.01, "seed " + seed);
    }

    @Test
    void aDayThatCostTwiceAsMuchAsUsualDoublesWhatIsToCome() {
        var now = MONDAY.plus(21, ChronoUnit.DAYS);
        var hourly = hours(MONDAY, 21 * 24, _ -> 10);
        hourly.replaceAll(
                (hour, usd) ->
                        hour.isBefore(now.minus(1, ChronoUnit.DAYS))
                                ? usd
                                : usd.multiply(BigDecimal.TWO));
        double usual = (2 * 10 + 20) / 3.0; // that day of the week, on average of three
        double level = 20 / usual;

        var forecast = forecast(hourly, now, now.plus(7, ChronoUnit.DAYS));

        assertEquals(level * (6 * 24 * 10 + 24 * usual), forecast.doubleValue(), 0.01);
    }

    @Test
    void anHourOfTheWeekThatWasNotSeenYetIsAsThatHourOfOtherDays() {
        var hourly = hours(MONDAY, 24, hour -> place(hour) == 3 ? 24 : 0);
        var now = MONDAY.plus(1, ChronoUnit.DAYS);

        assertEquals(6 * 24.0, forecast(hourly, now, now.plus(6, ChronoUnit.DAYS)).doubleValue());
    }

    @Test
    void ofTheOpenHourOnlyTheRestIsToCome() {
        var now = MONDAY.plus(48, ChronoUnit.HOURS).plus(45, ChronoUnit.MINUTES);
        var hourly = hours(MONDAY, 49, _ -> 8);

        assertEquals(2.0, forecast(hourly, now, MONDAY.plus(49, ChronoUnit.HOURS)).doubleValue());
    }

    @Test
    void anHourWithoutSpendingIsOneAndWhatWasBeforeTheFirstIsUnknown() {
        var hourly = new TreeMap<Instant, BigDecimal>();
        var now = MONDAY.plus(10, ChronoUnit.HOURS);
        hourly.put(MONDAY, BigDecimal.TEN);

        // ten dollars in the first hour of each day, one in hours that were never seen
        var tomorrow = forecast(hourly, now, now.plus(24, ChronoUnit.HOURS));
        assertEquals(10 + 14.0, tomorrow.doubleValue());
    }

    @Test
    void withoutAPastNothingIsForetold() {
        var none = new TreeMap<Instant, BigDecimal>();
        var onlyNow = hours(MONDAY, 1, _ -> 5);

        for (var hourly : List.<SortedMap<Instant, BigDecimal>>of(none, onlyNow)) {
            assertEquals(
                    Optional.empty(),
                    new Forecast(hourly, MONDAY.plusSeconds(60))
                            .at(MONDAY.plus(1, ChronoUnit.DAYS), BigDecimal.ONE, MONDAY));
        }
    }

    private static BigDecimal forecast(
            SortedMap<Instant, BigDecimal> hourly, Instant now, Instant end) {
        return new Forecast(hourly, now).at(end, BigDecimal.ZERO, now).orElseThrow();
    }

    private static int place(Instant hour) {
        return Math.floorMod((int) ChronoUnit.HOURS.between(MONDAY, hour), Forecast.HOURS_OF_WEEK);
    }

    private static SortedMap<Instant, BigDecimal> hours(
            Instant from, int hours, ToIntFunction<Instant> usd) {
        var hourly = new TreeMap<Instant, BigDecimal>();
        for (int i = 0; i < hours; i++) {
            var hour = from.plus(i, ChronoUnit.HOURS);
            hourly.put(hour, BigDecimal.valueOf(usd.applyAsInt(hour)));
        }
        return hourly;
    }
}
