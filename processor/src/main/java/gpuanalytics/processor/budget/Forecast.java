package gpuanalytics.processor.budget;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What will have been spent at the end of a period, at the present burn rate: the hours to come are
 * as those of the same hour of the week were, all of them as much higher or lower as the last day
 * was. An hour of the week that was not seen yet is as the same hour of other days was.
 */
final class Forecast {

    static final int HOURS_OF_WEEK = 7 * 24;

    private static final int HOURS_OF_DAY = 24;
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final int DIGITS = 6;

    private final double[] usd = new double[HOURS_OF_WEEK];
    private final int[] seen = new int[HOURS_OF_WEEK];
    private final double level;
    private final boolean hasHistory;

    /**
     * @param hourly what was spent by the hour; of the past the first hour that is there is the
     *     first that is known, and one that is missing after it was one without spending
     * @param now the hours before it count
     */
    Forecast(SortedMap<Instant, BigDecimal> hourly, Instant now) {
        var open = now.truncatedTo(ChronoUnit.HOURS);
        hasHistory = !hourly.isEmpty() && hourly.firstKey().isBefore(open);
        if (hasHistory) {
            for (var hour = hourly.firstKey(); hour.isBefore(open); hour = next(hour)) {
                int place = hourOfWeek(hour);
                usd[place] += usd(hourly, hour);
                seen[place]++;
            }
        }
        level = hasHistory ? level(hourly, open) : 0;
    }

    /** The last day as a multiple of what the same hours are on average. */
    private double level(SortedMap<Instant, BigDecimal> hourly, Instant open) {
        double spent = 0;
        double usual = 0;
        var from = open.minus(Duration.ofDays(1));
        for (var hour = from; hour.isBefore(open); hour = next(hour)) {
            if (!hour.isBefore(hourly.firstKey())) {
                spent += usd(hourly, hour);
                usual += usual(hour);
            }
        }
        return usual > 0 ? spent / usual : 0;
    }

    private static double usd(SortedMap<Instant, BigDecimal> hourly, Instant hour) {
        return hourly.getOrDefault(hour, BigDecimal.ZERO).doubleValue();
    }

    /** What an hour costs as those like it did. */
    private double usual(Instant hour) {
        int place = hourOfWeek(hour);
        if (seen[place] > 0) {
            return usd[place] / seen[place];
        }
        double sum = 0;
        int hours = 0;
        for (int day = place % HOURS_OF_DAY; day < HOURS_OF_WEEK; day += HOURS_OF_DAY) {
            sum += usd[day];
            hours += seen[day];
        }
        return hours > 0 ? sum / hours : overall();
    }

    private double overall() {
        double sum = 0;
        int hours = 0;
        for (int place = 0; place < HOURS_OF_WEEK; place++) {
            sum += usd[place];
            hours += seen[place];
        }
        return sum / hours;
    }

    /**
     * What will have been spent.
     *
     * @param spent what is, until now
     * @return empty where nothing is known of the past
     */
    Optional<BigDecimal> at(Instant end, BigDecimal spent, Instant now) {
        if (!hasHistory) {
            return Optional.empty();
        }
        double toCome = 0;
        for (var hour = now.truncatedTo(ChronoUnit.HOURS); hour.isBefore(end); hour = next(hour)) {
            var from = hour.isBefore(now) ? now : hour;
            double share = (double) Duration.between(from, next(hour)).toMillis() / HOUR_MS;
            toCome += share * usual(hour);
        }
        return Optional.of(
                spent.add(BigDecimal.valueOf(toCome * level))
                        .setScale(DIGITS, RoundingMode.HALF_EVEN));
    }

    private static Instant next(Instant hour) {
        return hour.plus(1, ChronoUnit.HOURS);
    }

    private static int hourOfWeek(Instant hour) {
        var time = hour.atOffset(ZoneOffset.UTC);
        return (time.getDayOfWeek().getValue() - 1) * HOURS_OF_DAY + time.getHour();
    }
}
