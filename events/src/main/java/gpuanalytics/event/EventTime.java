package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Times as text and as numbers: RFC 3339 with the liberties that are taken with it (a blank for the
 * T, a comma, no seconds, an offset without its colon), and time since 1970 in a unit that its size
 * tells.
 */
final class EventTime {

    static final String EXPECTED = "an ISO 8601 time with a zone such as 2026-01-31T12:00:00Z";

    private static final Pattern ISO_8601 =
            Pattern.compile(
                    "(?<day>\\d{4}-\\d{2}-\\d{2})(?:[Tt]| +)(?<hour>\\d{2}):(?<minute>\\d{2})"
                            + "(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,30}))?)?"
                            + " ?(?<zone>[Zz]|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)?(?<name> UTC)?");

    private static final int NANO_DIGITS = 9;

    /** Seconds since 1970 reach this in the year 5138. */
    private static final BigDecimal LEAST_MILLIS = new BigDecimal("1e11");

    private static final BigDecimal LEAST_MICROS = new BigDecimal("1e14");
    private static final BigDecimal LEAST_NANOS = new BigDecimal("1e17");

    /** Far more than an int64 of nanoseconds. */
    private static final BigDecimal MOST = new BigDecimal("1e20");

    private static final int SECONDS_PER_DAY = 86_400;

    /** Of a time to its seconds, such as 2026-01-31T12:00:00. */
    private static final int CHARS_TO_SECONDS = 19;

    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    private EventTime() {}

    /** The text that {@link Instant#toString()} is, made without its formatter, which is slow. */
    static String text(Instant time) {
        var day = LocalDate.ofEpochDay(Math.floorDiv(time.getEpochSecond(), SECONDS_PER_DAY));
        if (day.getYear() < 0 || day.getYear() > 9999) {
            return time.toString();
        }
        int second = Math.floorMod(time.getEpochSecond(), SECONDS_PER_DAY);
        int nanos = time.getNano();
        int digits = fractionDigits(nanos);
        int length = CHARS_TO_SECONDS + (digits == 0 ? 0 : 1 + digits) + 1;
        var text = new byte[length];
        Arrays.fill(text, (byte) ':');
        put(text, 0, 4, day.getYear());
        text[4] = '-';
        put(text, 5, 2, day.getMonthValue());
        text[7] = '-';
        put(text, 8, 2, day.getDayOfMonth());
        text[10] = 'T';
        put(text, 11, 2, second / 3600);
        put(text, 14, 2, second / 60 % 60);
        put(text, 17, 2, second % 60);
        if (digits > 0) {
            text[CHARS_TO_SECONDS] = '.';
            int unit = digits == 3 ? NANOS_PER_MILLI : digits == 6 ? NANOS_PER_MICRO : 1;
            put(text, CHARS_TO_SECONDS + 1, digits, nanos / unit);
        }
        text[length - 1] = 'Z';
        return new String(text, ISO_8859_1);
    }

    private static int fractionDigits(int nanos) {
        if (nanos == 0) {
            return 0;
        }
        if (nanos % NANOS_PER_MILLI == 0) {
            return 3;
        }
        return nanos % NANOS_PER_MICRO == 0 ? 6 : NANO_DIGITS;
    }

    private static void put(byte[] text, int at, int digits, int number) {
        int left = number;
        for (int i = at + digits - 1; i >= at; i--) {
            text[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    /**
     * The time, or null where the text is none. A leap second (23:59:60 UTC) is read as the second
     * before it, as {@link Instant} knows none; 24:00 is the beginning of the next day; digits
     * beyond nanoseconds are cut off.
     */
    static @Nullable Instant parse(String text) {
        var parts = ISO_8601.matcher(text);
        if (!parts.matches() || parts.group("zone") == null) {
            return null;
        }
        try {
            return at(parts, zone(parts.group("zone")));
        } catch (DateTimeException ignored) {
            // no such day, hour or offset: none
            return null;
        }
    }

    /** Whether a text would be a time if it had a zone. */
    static boolean lacksZone(String text) {
        var parts = ISO_8601.matcher(text);
        return parts.matches() && parts.group("zone") == null && parse(text + "Z") != null;
    }

    /** The time that is so long after 1970, in seconds, milli-, micro- or nanoseconds. */
    static @Nullable Instant ofEpoch(BigDecimal number) {
        if (number.signum() < 0 || number.compareTo(MOST) > 0) {
            return null;
        }
        int digits = NANO_DIGITS;
        if (number.compareTo(LEAST_NANOS) >= 0) {
            digits = 0;
        } else if (number.compareTo(LEAST_MICROS) >= 0) {
            digits = 3;
        } else if (number.compareTo(LEAST_MILLIS) >= 0) {
            digits = 6;
        }
        var nanos = number.movePointRight(digits).setScale(0, RoundingMode.DOWN).toBigInteger();
        var parts = nanos.divideAndRemainder(BigInteger.TEN.pow(NANO_DIGITS));
        return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact());
    }

    private static @Nullable Instant at(MatchResult parts, ZoneOffset zone) {
        var second = parts.group("second") == null ? "00" : parts.group("second");
        boolean leap = second.equals("60");
        boolean dayEnd = parts.group("hour").equals("24");
        var time =
                LocalDateTime.parse(
                                "%sT%s:%s:%s"
                                        .formatted(
                                                parts.group("day"),
                                                dayEnd ? "00" : parts.group("hour"),
                                                parts.group("minute"),
                                                leap ? "59" : second))
                        .plusDays(dayEnd ? 1 : 0)
                        .plusNanos(nanos(parts.group("fraction")))
                        .toInstant(zone);
        if (leap && !endsDay(time)) {
            return null;
        }
        return dayEnd && !isMidnight(parts, second) ? null : time;
    }

    private static boolean isMidnight(MatchResult parts, String second) {
        return parts.group("minute").equals("00")
                && second.equals("00")
                && nanos(parts.group("fraction")) == 0;
    }

    private static int nanos(@Nullable String fraction) {
        if (fraction == null) {
            return 0;
        }
        var digits = (fraction + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS);
        return Integer.parseInt(digits);
    }

    private static ZoneOffset zone(String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "Z", "UTC", "GMT" -> ZoneOffset.UTC;
            default -> ZoneOffset.of(text);
        };
    }

    private static boolean endsDay(Instant time) {
        var utc = time.atOffset(ZoneOffset.UTC);
        return utc.getHour() == 23 && utc.getMinute() == 59;
    }
}
