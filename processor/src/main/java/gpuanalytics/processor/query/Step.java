package gpuanalytics.processor.query;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;

/** How a range is cut into points. */
public sealed interface Step {

    /** One point that is the whole range. */
    record Total() implements Step {

        @Override
        public String text() {
            return "total";
        }
    }

    /**
     * Points of one length, which start at its multiples since 1970-01-01T00:00:00Z.
     *
     * @param length a multiple of a minute
     */
    record Fixed(Duration length) implements Step {

        public Fixed {
            if (length.compareTo(QueryWindow.MINUTE) < 0 || length.toMillis() % 60_000 != 0) {
                throw new InvalidQueryException(
                        "step", QueryWindow.text(length), "total or a multiple of 1m");
            }
        }

        Instant start(Instant time) {
            return QueryWindow.floor(time, length);
        }

        @Override
        public String text() {
            return QueryWindow.text(length);
        }
    }

    /**
     * Days, weeks or months of a time zone: a day that a clock change makes shorter or longer is
     * one point.
     *
     * @param unit of what length
     * @param zone whose calendar
     * @param resolution {@link QueryWindow#MINUTE}, or {@link QueryWindow#HOUR} where the minutes
     *     of a start within an hour have expired: the point starts with that hour
     */
    record Calendar(Unit unit, ZoneId zone, Duration resolution) implements Step {

        public Calendar(Unit unit, ZoneId zone) {
            this(unit, zone, QueryWindow.MINUTE);
        }

        /** The same with points of whole hours. */
        Calendar byHours() {
            return new Calendar(unit, zone, QueryWindow.HOUR);
        }

        Instant start(Instant time) {
            var first = unit.firstDay(time.atZone(zone).toLocalDate());
            while (startOf(first).isAfter(time)) {
                first = unit.firstDay(first.minusDays(1));
            }
            // a start that is moved to its hour lies before the day's own
            for (var next = unit.next(first);
                    !startOf(next).isAfter(time);
                    next = unit.next(next)) {
                first = next;
            }
            return startOf(first);
        }

        /** The start of the point after the one that starts then; a day may be missing. */
        Instant next(Instant start) {
            var day = unit.firstDay(start.atZone(zone).toLocalDate());
            while (!startOf(day).isAfter(start)) {
                day = unit.next(day);
            }
            return startOf(day);
        }

        /** The first moment of a day: not always midnight, and of two midnights the first. */
        private Instant startOf(LocalDate day) {
            return QueryWindow.floor(day.atStartOfDay(zone).toInstant(), resolution);
        }

        @Override
        public String text() {
            return switch (unit) {
                case DAY -> "1d";
                case WEEK -> "1w";
                case MONTH -> "1mo";
            };
        }
    }

    /** A length of the calendar. */
    enum Unit {
        DAY,
        /** From Monday on. */
        WEEK,
        MONTH;

        LocalDate firstDay(LocalDate day) {
            return switch (this) {
                case DAY -> day;
                case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                case MONTH -> day.withDayOfMonth(1);
            };
        }

        LocalDate next(LocalDate firstDay) {
            return switch (this) {
                case DAY -> firstDay.plusDays(1);
                case WEEK -> firstDay.plusWeeks(1);
                case MONTH -> firstDay.plusMonths(1);
            };
        }
    }

    /** As it is written in the API: {@code total}, {@code 15m}, {@code 1mo}. */
    String text();
}
