package gpuanalytics.processor.budget;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;

/** The time that a budget is for: a day, a week from Monday on, or a month, of UTC. */
public enum Period {
    DAY,
    WEEK,
    MONTH;

    /** The start of the period in which a moment lies. */
    public Instant start(Instant at) {
        var day = LocalDate.ofInstant(at, ZoneOffset.UTC);
        return midnight(
                switch (this) {
                    case DAY -> day;
                    case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                    case MONTH -> day.withDayOfMonth(1);
                });
    }

    /** The end of the period that begins at a moment. */
    public Instant end(Instant start) {
        var day = LocalDate.ofInstant(start, ZoneOffset.UTC);
        return midnight(
                switch (this) {
                    case DAY -> day.plusDays(1);
                    case WEEK -> day.plusWeeks(1);
                    case MONTH -> day.plusMonths(1);
                });
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
