package gpuanalytics.processor.query;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A time range, to the minute, and how it is cut into points. The first and the last point end
 * where the range does.
 *
 * @param from the first moment, at the start of a minute
 * @param to the moment after the last, at the start of a minute
 * @param step what a point is
 */
public record QueryWindow(Instant from, Instant to, Step step) {

    public static final Duration MINUTE = Duration.ofMinutes(1);
    public static final Duration HOUR = Duration.ofHours(1);
    public static final Duration DAY = Duration.ofDays(1);

    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    /**
     * A part of a window that lies in whole rollups of one length.
     *
     * @param from its first moment
     * @param to the moment after its last
     * @param bucket the length of its rollups, {@link #MINUTE}, {@link #HOUR} or {@link #DAY}
     */
    record Part(Instant from, Instant to, Duration bucket) {

        boolean isMinutes() {
            return bucket.equals(MINUTE);
        }

        boolean isDays() {
            return bucket.equals(DAY);
        }

        /** The hours that it touches. */
        Part hours() {
            return new Part(floor(from, HOUR), ceiling(to, HOUR), HOUR);
        }
    }

    /**
     * The window of whole minutes that covers a range.
     *
     * @throws InvalidQueryException naming the parameter
     */
    public static QueryWindow of(Instant from, Instant to, Step step) {
        checkTime("to", to);
        checkTime("from", from);
        if (!from.isBefore(to)) {
            throw new InvalidQueryException(
                    "from", from.toString(), "a time before to, which is " + to);
        }
        return new QueryWindow(floor(from, MINUTE), ceiling(to, MINUTE), step);
    }

    /**
     * What to read, in the order of time: whole hours from their rollups, and from those of minutes
     * only what lies in an hour of which not all belongs to one point of the window.
     */
    List<Part> parts() {
        if (isByMinutes()) {
            return List.of(new Part(from, to, MINUTE));
        }
        var parts = new ArrayList<Part>();
        var done = from;
        for (var cut : cuts()) {
            var hour = floor(cut, HOUR);
            if (hour.equals(cut) || cut.isBefore(done)) {
                continue;
            }
            var start = later(hour, from);
            var end = earlier(hour.plus(HOUR), to);
            if (done.isBefore(start)) {
                parts.add(new Part(done, start, HOUR));
            }
            if (start.isBefore(end) && done.isBefore(end)) {
                parts.add(new Part(later(start, done), end, MINUTE));
                done = end;
            }
        }
        if (done.isBefore(to)) {
            parts.add(new Part(done, to, HOUR));
        }
        return List.copyOf(parts);
    }

    /** Where points begin and end: both ends, and what may lie within an hour between them. */
    private List<Instant> cuts() {
        var cuts = new ArrayList<Instant>();
        cuts.add(from);
        if (step instanceof Step.Calendar calendar) {
            for (var start = calendar.next(from);
                    start.isBefore(to);
                    start = calendar.next(start)) {
                cuts.add(start);
            }
        }
        cuts.add(to);
        return cuts;
    }

    /** Whether its points are too short for hours, or start within them again and again. */
    boolean isByMinutes() {
        return step instanceof Step.Fixed(Duration length)
                && length.toSeconds() % HOUR.toSeconds() != 0;
    }

    /** The shortest rollups that are read: {@link #MINUTE} or {@link #HOUR}. */
    public Duration bucket() {
        return parts().stream().anyMatch(Part::isMinutes) ? MINUTE : HOUR;
    }

    /**
     * The window where minutes have expired: each end is moved outwards to its hour if that is one
     * of these, and points that start within another of them start with the hour.
     *
     * @param lost starts of hours without all of their minutes
     */
    QueryWindow byHours(Set<Instant> lost) {
        var first = floor(from, HOUR);
        var last = floor(to, HOUR);
        var moved =
                new QueryWindow(
                        lost.contains(first) ? first : from,
                        lost.contains(last) ? ceiling(to, HOUR) : to,
                        step);
        var isEnough =
                moved.parts().stream()
                        .filter(Part::isMinutes)
                        .noneMatch(part -> lost.contains(floor(part.from, HOUR)));
        return step instanceof Step.Calendar calendar && !isEnough
                ? new QueryWindow(moved.from, moved.to, calendar.byHours())
                : moved;
    }

    /**
     * The window in whole hours: both ends are moved outwards, and days start with the hour that
     * they start in.
     *
     * @throws InvalidQueryException for steps of other than whole hours
     */
    public QueryWindow inHours() {
        if (isByMinutes()) {
            throw new InvalidQueryException("step", step.text(), "total or a multiple of 1h");
        }
        return new QueryWindow(
                floor(from, HOUR),
                ceiling(to, HOUR),
                step instanceof Step.Calendar calendar ? calendar.byHours() : step);
    }

    /** The start of the hour of a time. */
    public static Instant hourOf(Instant time) {
        return floor(time, HOUR);
    }

    /** The start of the UTC day of a time. */
    public static Instant dayOf(Instant time) {
        return floor(time, DAY);
    }

    public Duration length() {
        return Duration.between(from, to);
    }

    /** How many points the window has. */
    public long points() {
        return switch (step) {
            case Step.Total _ -> 1;
            case Step.Fixed(Duration length) ->
                    Duration.between(floor(from, length), ceiling(to, length)).dividedBy(length);
            case Step.Calendar calendar -> {
                long points = 1;
                for (var start = calendar.next(from);
                        start.isBefore(to);
                        start = calendar.next(start)) {
                    points++;
                }
                yield points;
            }
        };
    }

    /** The shortest step of whole buckets with which there are at most that many points. */
    Duration stepFor(int maxPoints) {
        long seconds = Math.ceilDiv(length().toSeconds(), maxPoints);
        Duration unit = seconds > HOUR.toSeconds() ? HOUR : MINUTE;
        // one more point may be needed at either end, where the range is cut
        return unit.multipliedBy(Math.ceilDiv(seconds, unit.toSeconds()) + 1);
    }

    /** The start of the point that a time belongs to; the first may start before the window. */
    public Instant pointOf(Instant time) {
        return switch (step) {
            case Step.Total _ -> from;
            case Step.Fixed fixed -> fixed.start(time);
            case Step.Calendar calendar -> calendar.start(time);
        };
    }

    /** The end of a point, which the window may end before. */
    public Instant endOf(Instant point) {
        return switch (step) {
            case Step.Total _ -> to;
            case Step.Fixed(Duration length) -> point.plus(length);
            case Step.Calendar calendar -> calendar.next(point);
        };
    }

    /** How many seconds of a point in the window have passed; 0 for one in the future. */
    double elapsedSeconds(Instant point, Instant now) {
        return elapsedSeconds(later(point, from), earlier(endOf(point), to), now);
    }

    /** How many seconds of the window have passed; 0 for one in the future. */
    double elapsedSeconds(Instant now) {
        return elapsedSeconds(from, to, now);
    }

    private static double elapsedSeconds(Instant start, Instant end, Instant now) {
        return Math.max(0, Duration.between(start, earlier(now, end)).toMillis() / 1e3);
    }

    /** A length as it is written in the API: {@code 90m}, {@code 6h}, {@code 1d}. */
    public static String text(Duration length) {
        long seconds = length.toSeconds();
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

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    static Instant floor(Instant time, Duration unit) {
        long seconds = time.getEpochSecond();
        return Instant.ofEpochSecond(seconds - Math.floorMod(seconds, unit.toSeconds()));
    }

    private static Instant ceiling(Instant time, Duration unit) {
        Instant floor = floor(time, unit);
        return floor.equals(time) ? time : floor.plus(unit);
    }
}
