package gpuanalytics.processor.bill;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;

/**
 * A line of a bill.
 *
 * @param end the moment after it; the start where it is about a moment
 */
record BillLine(Instant start, Instant end, BigDecimal cost) {

    private static final int MAX_DIGITS = 40;
    private static final JsonFactory JSON = new JsonFactory();

    /** As files write it: with T or a blank, with a fraction or not, UTC where no zone stands. */
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .optionalStart()
                    .appendPattern("['T'][' ']")
                    .append(DateTimeFormatter.ISO_LOCAL_TIME)
                    .optionalStart()
                    .appendPattern("[' ']['UTC']")
                    .optionalStart()
                    .appendOffset("+HH:MM", "Z")
                    .toFormatter()
                    .withResolverStyle(ResolverStyle.STRICT);

    /** Why a line cannot be read. */
    static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1;

        private final String reason;

        /**
         * @param reason the same for all lines of the kind
         * @param detail what stands in this one
         */
        Unreadable(String reason, String detail) {
            super(detail, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    static Instant time(String column, String text) throws Unreadable {
        try {
            return switch (TIME.parseBest(
                    text.strip(), OffsetDateTime::from, LocalDateTime::from, LocalDate::from)) {
                case OffsetDateTime time -> time.toInstant();
                case LocalDateTime time -> time.toInstant(ZoneOffset.UTC);
                case LocalDate day -> day.atStartOfDay(ZoneOffset.UTC).toInstant();
                default -> throw new IllegalStateException(text);
            };
        } catch (DateTimeParseException _) {
            throw unreadable(column, text, "a time such as 2026-01-31T12:00:00Z");
        }
    }

    static BigDecimal cost(String column, String text) throws Unreadable {
        try {
            if (text.length() <= MAX_DIGITS) {
                var cost = new BigDecimal(text.strip());
                if (Math.abs(cost.scale()) <= MAX_DIGITS) {
                    return cost;
                }
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw unreadable(column, text, "an amount such as 12.34");
    }

    static Unreadable unreadable(String column, String text, String expected) {
        return new Unreadable(
                "%s is not %s".formatted(column, expected),
                "%s is %s".formatted(column, shown(text)));
    }

    /** So much of a text as an error may show. */
    static String shown(String text) {
        if (text.isBlank()) {
            return "empty";
        }
        return text.length() > MAX_DIGITS ? text.substring(0, MAX_DIGITS) + "…" : text;
    }

    /** The instance type in the properties of a SKU's price; empty where there is none. */
    static String instanceType(String details) {
        try (var json = JSON.createParser(details)) {
            while (json.nextToken() != null) {
                var name = json.currentName();
                if (json.currentToken() == JsonToken.VALUE_STRING
                        && ("F_InstanceType".equals(name) || "InstanceType".equals(name))) {
                    return json.getText();
                }
            }
        } catch (IOException _) {
            return ""; // no JSON has no instance type
        }
        return "";
    }
}
