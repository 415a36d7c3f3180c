package gpuanalytics.event;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as text: RFC 3339 (the ISO 8601 profile of the Internet), up to nine fractional digits. */
final class EventTime {

    static final String EXPECTED = "an ISO 8601 time with a zone such as 2026-01-31T12:00:00Z";

    private static final Pattern RFC_3339 =
            Pattern.compile(
                    "(\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:)(\\d{2})((?:\\.\\d{1,9})?(?:[Zz]|[+-]\\d{2}:\\d{2}))");

    private EventTime() {}

    /**
     * The time, or null where the text is none. A leap second (23:59:60 UTC) is read as the second
     * before it, as {@link Instant} knows none.
     */
    static @Nullable Instant parse(String text) {
        var parts = RFC_3339.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        boolean leap = parts.group(2).equals("60");
        try {
            var time = OffsetDateTime.parse(leap ? parts.group(1) + "59" + parts.group(3) : text);
            return leap && !endsDay(time) ? null : time.toInstant();
        } catch (DateTimeParseException ignored) {
            // no such day or hour: none
            return null;
        }
    }

    private static boolean endsDay(OffsetDateTime time) {
        var utc = time.withOffsetSameInstant(ZoneOffset.UTC);
        return utc.getHour() == 23 && utc.getMinute() == 59;
    }
}
