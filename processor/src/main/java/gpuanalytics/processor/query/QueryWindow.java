package gpuanalytics.processor.query;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A time range, how it is cut into points and which rollups answer it.
 *
 * @param from the first moment, at the start of a step
 * @param to the moment after the last, at the start of a step
 * @param step the length of a point, or null for one point that is the whole range
 * @param bucket the length of the rollups that are read, {@link #MINUTE} or {@link #HOUR}
 */
public record QueryWindow(Instant from, Instant to, @Nullable Duration step, Duration bucket) {

    public static final Duration MINUTE = Duration.ofMinutes(1);
    public static final Duration HOUR = Duration.ofHours(1);

    /** A total over more than this is answered from hours, however its ends lie. */
    public static final Duration MAX_MINUTE_TOTAL = Duration.ofDays(2);

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    /**
     * The window that covers a range: both ends are moved outwards to the start of a step, and
     * steps start at multiples of their length since 1970-01-01T00:00:00Z.
     *
     * @param step a multiple of a minute, or null for one total
     * @throws InvalidQueryException naming the parameter
     */
    public static QueryWindow covering(Instant from, Instant to, @Nullable Duration step) {
        checkTime("to", to);
        checkTime("from", from);
        if (!from.isBefore(to)) {
            throw new InvalidQueryException(
                    "from", from.toString(), "a time before to, which is " + to);
        }
        if (step != null && (step.compareTo(MINUTE) < 0 || step.toMillis() % 60_000 != 0)) {
            throw new InvalidQueryException("step", text(step), "total or a multiple of 1m");
        }
        Duration bucket = bucketFor(from, to, step);
        Duration unit = step == null ? bucket : step;
        return new QueryWindow(floor(from, unit), ceiling(to, unit), step, bucket);
    }

    private static Duration bucketFor(Instant from, Instant to, @Nullable Duration step) {
        if (step != null) {
            return isMultiple(step, HOUR) ? HOUR : MINUTE;
        }
        boolean wholeHours = floor(from, HOUR).equals(from) && floor(to, HOUR).equals(to);
        boolean isLong = Duration.between(from, to).compareTo(MAX_MINUTE_TOTAL) > 0;
        return wholeHours || isLong ? HOUR : MINUTE;
    }

    /** The total over the hours that it touches. */
    QueryWindow byHours() {
        return new QueryWindow(floor(from, HOUR), ceiling(to, HOUR), null, HOUR);
    }

    /** The start of the hour of a time. */
    static Instant hourOf(Instant time) {
        return floor(time, HOUR);
    }

    public Duration length() {
        return Duration.between(from, to);
    }

    /** The length of one point. */
    public Duration stepLength() {
        return step == null ? length() : step;
    }

    /** How many points the window has. */
    public long points() {
        return length().dividedBy(stepLength());
    }

    /** The shortest step of whole buckets with which there are at most that many points. */
    Duration stepFor(int maxPoints) {
        long seconds = Math.ceilDiv(length().toSeconds(), maxPoints);
        Duration unit = seconds > HOUR.toSeconds() ? HOUR : MINUTE;
        // one more point may be needed at either end, where the range is widened
        return unit.multipliedBy(Math.ceilDiv(seconds, unit.toSeconds()) + 1);
    }

    /** The start of the point that a bucket belongs to. */
    Instant pointOf(Instant bucketStart) {
        return step == null ? from : floor(bucketStart, step);
    }

    /** How many seconds of a point have passed; 0 for one in the future. */
    double elapsedSeconds(Instant point, Instant now) {
        return elapsedSeconds(point, point.plus(stepLength()), now);
    }

    /** How many seconds of the window have passed; 0 for one in the future. */
    double elapsedSeconds(Instant now) {
        return elapsedSeconds(from, to, now);
    }

    private static double elapsedSeconds(Instant start, Instant end, Instant now) {
        Instant passed = now.isBefore(end) ? now : end;
        return Math.max(0, Duration.between(start, passed).toMillis() / 1e3);
    }

    /** A step as it is written in the API: {@code total}, {@code 90m}, {@code 6h}, {@code 1d}. */
    public static String text(@Nullable Duration step) {
        if (step == null) {
            return "total";
        }
        long seconds = step.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3600 == 0) {
            return seconds / 3600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    private static void checkTime(String parameter, Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new InvalidQueryException(
                    parameter, time.toString(), "%s to %s".formatted(EARLIEST, LATEST));
        }
    }

    private static boolean isMultiple(Duration length, Duration unit) {
        return length.toSeconds() % unit.toSeconds() == 0;
    }

    private static Instant floor(Instant time, Duration unit) {
        long seconds = time.getEpochSecond();
        return Instant.ofEpochSecond(seconds - seconds % unit.toSeconds());
    }

    private static Instant ceiling(Instant time, Duration unit) {
        Instant floor = floor(time, unit);
        return floor.equals(time) ? time : floor.plus(unit);
    }
}
