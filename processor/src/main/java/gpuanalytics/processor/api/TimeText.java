package gpuanalytics.processor.api;

import gpuanalytics.processor.query.InvalidQueryException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Times, lengths and time zones as they are written in a question. */
final class TimeText {

    private static final Pattern LENGTH = Pattern.compile("(\\d{1,6})([smhdw])");
    private static final Pattern FROM_NOW = Pattern.compile("now(?:([-+ ])(.*))?");
    private static final Pattern OFFSET = Pattern.compile("[+-]\\d\\d:\\d\\d");

    /** Shorter numbers are years and other things; longer ones are no time of our days. */
    private static final Pattern EPOCH_SECONDS = Pattern.compile("0|\\d{9,11}(?:\\.\\d{1,9})?");

    private static final Pattern EPOCH_MILLIS = Pattern.compile("\\d{12,13}");

    private static final String TIME =
            "an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B),"
                    + " a date, now, now-1h, or seconds or milliseconds since 1970";
    private static final String ZONE =
            "an IANA time zone such as Europe/Berlin or Asia/Kolkata, or an offset such as +05:30"
                    + " (a + is written %2B)";

    private TimeText() {}

    /**
     * A moment.
     *
     * @param zone whose midnight a date is
     * @throws InvalidQueryException for what is no time
     */
    static Instant time(String name, String value, ZoneId zone, Instant now) {
        try {
            return parse(name, value, zone, now);
        } catch (DateTimeException | ArithmeticException _) {
            throw new InvalidQueryException(name, shown(value), TIME);
        }
    }

    private static Instant parse(String name, String value, ZoneId zone, Instant now) {
        if (EPOCH_MILLIS.matcher(value).matches()) {
            return Instant.ofEpochMilli(Long.parseLong(value));
        }
        if (EPOCH_SECONDS.matcher(value).matches()) {
            return epochSeconds(value);
        }
        var relative = FROM_NOW.matcher(value);
        if (relative.matches()) {
            return relative.group(1) == null
                    ? now
                    : fromNow(name, value, relative.group(1), relative.group(2), now);
        }
        return value.contains("T") || value.contains("t")
                ? OffsetDateTime.parse(value).toInstant()
                : LocalDate.parse(value).atStartOfDay(zone).toInstant();
    }

    private static Instant epochSeconds(String value) {
        int dot = value.indexOf('.');
        if (dot < 0) {
            return Instant.ofEpochSecond(Long.parseLong(value));
        }
        var nanos = (value.substring(dot + 1) + "00000000").substring(0, 9);
        return Instant.ofEpochSecond(
                Long.parseLong(value.substring(0, dot)), Long.parseLong(nanos));
    }

    /** A plus that was not escaped has become a blank. */
    private static Instant fromNow(
            String name, String value, String sign, String length, Instant now) {
        var by = length(length).orElseThrow(() -> new InvalidQueryException(name, value, TIME));
        return sign.equals("-") ? now.minus(by) : now.plus(by);
    }

    /** A length such as {@code 90m}; empty for what is none. */
    static Optional<Duration> length(String value) {
        var parts = LENGTH.matcher(value);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(parts.group(1));
        return Optional.of(
                switch (parts.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    case "d" -> Duration.ofDays(count);
                    case "w" -> Duration.ofDays(7 * count);
                    case String unit -> throw new IllegalStateException(unit);
                });
    }

    /**
     * A time zone.
     *
     * @throws InvalidQueryException for what is none, with the one that is written in other letters
     */
    static ZoneId zone(String name, String value) {
        var offset = value.replace(' ', '+');
        if (OFFSET.matcher(offset).matches()) {
            try {
                return ZoneOffset.of(offset);
            } catch (DateTimeException _) {
                throw new InvalidQueryException(name, value, ZONE);
            }
        }
        if (value.equals("Z") || value.equals("UTC")) {
            return ZoneOffset.UTC;
        }
        if (ZoneId.getAvailableZoneIds().contains(value)) {
            return ZoneId.of(value);
        }
        throw new InvalidQueryException(name, shown(value), expectedZone(value));
    }

    private static String expectedZone(String value) {
        var folded = value.toLowerCase(Locale.ROOT).replace(' ', '_');
        return ZoneId.getAvailableZoneIds().stream()
                .filter(id -> id.toLowerCase(Locale.ROOT).equals(folded))
                .findFirst()
                .orElse(ZONE);
    }

    static String shown(String value) {
        return value.isEmpty() ? "empty" : value;
    }
}
