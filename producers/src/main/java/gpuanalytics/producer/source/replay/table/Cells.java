package gpuanalytics.producer.source.replay.table;

import gpuanalytics.service.text.Printable;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the cells of a row mean. */
public final class Cells {

    /** Longer is no number; and a large exponent would take for ever to expand. */
    private static final int MAX_NUMBER_CHARS = 40;

    private static final int MAX_SCALE = 30;
    private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);
    private static final BigDecimal MAX_EPOCH_SECONDS = BigDecimal.valueOf(253_402_300_799L);

    /** {@code 1,234}, {@code 1.234.567}, {@code 1 234}, {@code 701,93}. */
    private static final Pattern SEPARATED =
            Pattern.compile("[-+]?\\d+(?:[ ,.'\u00a0\u202f]\\d+)+");

    /** {@code 1.000}, which is a thousand where a spreadsheet wrote it so, and else 1. */
    private static final Pattern GROUPED = Pattern.compile("[-+]?\\d{1,3}(?:\\.\\d{3})+");

    private static final String WITHOUT_SEPARATORS =
            "a number without separators: what a spreadsheet means by them is not certain";

    /** {@code 11/16/2023 18:17}, {@code 16.11.2023 18:17:04}, {@code 45246.7618}. */
    private static final Pattern SPREADSHEET_TIME =
            Pattern.compile("\\d{1,2}([/.-])\\d{1,2}\\1\\d{2,4}(?:,? .*)?|\\d{5}(?:[.,]\\d+)?");

    private static final String SPREADSHEET_ADVICE =
            "a time such as 2023-11-16 18:17:03.9799600: a spreadsheet has saved it anew, take the"
                    + " file as it was";

    private static final DateTimeFormatter DATE_TIME =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .appendLiteral(' ')
                    .append(DateTimeFormatter.ISO_LOCAL_TIME)
                    .optionalStart()
                    .appendPattern("[XXX][X][' UTC']")
                    .optionalEnd()
                    .toFormatter(Locale.ROOT);

    private Cells() {}

    /** The cell, which must not be empty. */
    public static String text(Row row, String column) throws BadCell {
        var text = row.get(column);
        if (text == null) {
            throw new BadCell(DropReason.MISSING_VALUE, column + " is empty");
        }
        return text;
    }

    /** A number; the cell must not be empty. */
    public static BigDecimal number(Row row, String column) throws BadCell {
        return parsed(column, text(row, column));
    }

    /** The number that a text of a column is. */
    public static BigDecimal parsed(String column, String text) throws BadCell {
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
        throw badNumber(
                column, text, SEPARATED.matcher(text).matches() ? WITHOUT_SEPARATORS : "a number");
    }

    /** A whole number, or null where the cell is empty. */
    public static @Nullable Long wholeNumber(Row row, String column) throws BadCell {
        if (row.get(column) == null) {
            return null;
        }
        var number = number(row, column);
        if (GROUPED.matcher(text(row, column)).matches()) {
            throw badNumber(column, text(row, column), WITHOUT_SEPARATORS);
        }
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw badNumber(column, number.toString(), "a whole number");
        }
    }

    /**
     * A date and time, to the minute or finer, in UTC unless the cell says otherwise. A day up to
     * the 31st that its month does not have is the month's last, as it always was for these traces.
     */
    public static Instant dateTime(Row row, String column) throws BadCell {
        var text = text(row, column);
        try {
            var parsed = DATE_TIME.parse(text.replace('T', ' '));
            var offset = parsed.query(TemporalQueries.offset());
            return LocalDateTime.from(parsed).toInstant(offset == null ? ZoneOffset.UTC : offset);
        } catch (DateTimeException e) {
            throw badTime(
                    column,
                    text,
                    SPREADSHEET_TIME.matcher(text).matches()
                            ? SPREADSHEET_ADVICE
                            : "a time such as 2023-11-16 18:17:03.9799600");
        }
    }

    /** Seconds since the epoch, with a fraction. */
    public static Instant epochSeconds(Row row, String column) throws BadCell {
        var seconds = number(row, column);
        if (seconds.signum() < 0 || seconds.compareTo(MAX_EPOCH_SECONDS) > 0) {
            throw badTime(column, seconds.toString(), "seconds since 1970");
        }
        return after(Instant.EPOCH, seconds);
    }

    private static Instant after(Instant start, BigDecimal seconds) {
        var whole = seconds.toBigInteger();
        long nanos = seconds.subtract(new BigDecimal(whole)).multiply(NANOS).longValue();
        return start.plusSeconds(whole.longValueExact()).plusNanos(nanos);
    }

    /** Milliseconds since {@code start}. */
    public static Instant millisSince(Instant start, Row row, String column) throws BadCell {
        long millis = Math.round(number(row, column).doubleValue());
        try {
            return start.plusMillis(millis);
        } catch (DateTimeException | ArithmeticException e) {
            throw badTime(column, Long.toString(millis), "milliseconds since the trace's start");
        }
    }

    /** Seconds since {@code start}, perhaps with a fraction. */
    public static Instant secondsSince(Instant start, Row row, String column) throws BadCell {
        var seconds = number(row, column);
        if (seconds.abs().compareTo(MAX_EPOCH_SECONDS) > 0) {
            throw badTime(column, seconds.toString(), "seconds since the trace's start");
        }
        return after(start, seconds);
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

    /** A text short and plain enough for a message. */
    public static String shown(String text) {
        return Printable.of(text.length() > 64 ? text.substring(0, 64) + "…" : text);
    }
}
