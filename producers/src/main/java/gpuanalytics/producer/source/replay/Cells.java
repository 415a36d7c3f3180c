package gpuanalytics.producer.source.replay;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the cells of a row mean. */
final class Cells {

    /** Longer is no number; and a large exponent would take for ever to expand. */
    private static final int MAX_NUMBER_CHARS = 40;

    private static final int MAX_SCALE = 30;
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);
    private static final BigDecimal MAX_EPOCH_SECONDS = BigDecimal.valueOf(253_402_300_799L);

    private static final DateTimeFormatter DATE_TIME =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .appendLiteral(' ')
                    .append(DateTimeFormatter.ISO_LOCAL_TIME)
                    .optionalStart()
                    .appendOffset("+HH:MM", "Z")
                    .optionalEnd()
                    .parseDefaulting(ChronoField.NANO_OF_SECOND, 0)
                    .toFormatter(Locale.ROOT);

    /** A cell that makes its row useless. */
    static final class BadCell extends Exception {
        private static final long serialVersionUID = 1L;

        private final DropReason reason;
        private final String detail;

        BadCell(DropReason reason, String detail) {
            super(detail, null, false, false);
            this.reason = reason;
            this.detail = detail;
        }

        DropReason reason() {
            return reason;
        }

        String detail() {
            return detail;
        }
    }

    private Cells() {}

    /** The cell, which must not be empty. */
    static String text(CsvTable.Row row, String column) throws BadCell {
        var text = row.get(column);
        if (text == null) {
            throw new BadCell(DropReason.MISSING_VALUE, column + " is empty");
        }
        return text;
    }

    /** A number; the cell must not be empty. */
    static BigDecimal number(CsvTable.Row row, String column) throws BadCell {
        return parsed(column, text(row, column));
    }

    /** The number that a text of a column is. */
    static BigDecimal parsed(String column, String text) throws BadCell {
        if (text.length() <= MAX_NUMBER_CHARS) {
            try {
                var number = new BigDecimal(text);
                if (Math.abs((long) number.scale()) <= MAX_SCALE) {
                    return number;
                }
            } catch (NumberFormatException ignored) {
                // refused below, with the column's name
            }
        }
        throw badNumber(column, text, "a number");
    }

    /** A whole number, or null where the cell is empty. */
    static @Nullable Long wholeNumber(CsvTable.Row row, String column) throws BadCell {
        if (row.get(column) == null) {
            return null;
        }
        var number = number(row, column);
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw badNumber(column, number.toString(), "a whole number");
        }
    }

    /** A date and time to 100 ns or finer, in UTC unless the cell says otherwise. */
    static Instant dateTime(CsvTable.Row row, String column) throws BadCell {
        var text = text(row, column);
        try {
            var parsed = DATE_TIME.parse(text.replace('T', ' '));
            var offset = parsed.query(TemporalQueries.offset());
            return LocalDateTime.from(parsed).toInstant(offset == null ? ZoneOffset.UTC : offset);
        } catch (DateTimeParseException e) {
            throw badTime(column, text, "a time such as 2023-11-16 18:17:03.9799600");
        }
    }

    /** Seconds since the epoch, with a fraction. */
    static Instant epochSeconds(CsvTable.Row row, String column) throws BadCell {
        var seconds = number(row, column);
        if (seconds.signum() < 0 || seconds.compareTo(MAX_EPOCH_SECONDS) > 0) {
            throw badTime(column, seconds.toString(), "seconds since 1970");
        }
        var whole = seconds.toBigInteger();
        long nanos = seconds.subtract(new BigDecimal(whole)).multiply(NANOS).longValue();
        return Instant.ofEpochSecond(whole.longValueExact(), nanos);
    }

    /** Milliseconds since {@code start}. */
    static Instant millisSince(Instant start, CsvTable.Row row, String column) throws BadCell {
        long millis = Math.round(number(row, column).doubleValue());
        try {
            return start.plusMillis(millis);
        } catch (DateTimeException | ArithmeticException e) {
            throw badTime(column, Long.toString(millis), "milliseconds since the trace's start");
        }
    }

    private static BadCell badNumber(String column, String text, String expected) {
        return new BadCell(DropReason.BAD_NUMBER, wrong(column, text, expected));
    }

    private static BadCell badTime(String column, String text, String expected) {
        return new BadCell(DropReason.BAD_TIME, wrong(column, text, expected));
    }

    private static String wrong(String column, String text, String expected) {
        return "%s is %s, expected %s".formatted(column, shown(text), expected);
    }

    /** A text short enough for a message. */
    static String shown(String text) {
        return text.length() > 64 ? text.substring(0, 64) + "…" : text;
    }
}
