package gpuanalytics.local.demo;

import java.time.Duration;
import java.time.Instant;

/**
 * A clock that begins a day ago, makes up for it, and is then as everybody's.
 *
 * @param began when it began, by everybody's clock
 * @param length how long it takes to make up for the day
 */
record DemoTime(Instant began, Duration length) {

    static final Duration DAY = Duration.ofDays(1);

    /** Where it begins. */
    Instant start() {
        return began.minus(DAY);
    }

    /** From when on it is as everybody's. */
    Instant end() {
        return began.plus(length);
    }

    boolean isOver(Instant now) {
        return !now.isBefore(end());
    }

    /** Its time at a moment of everybody's. */
    Instant at(Instant now) {
        return isOver(now) ? now : start().plus(times(Duration.between(began, now), factor()));
    }

    /** When, by everybody's clock, it shows this; a millisecond late rather than early. */
    Instant when(Instant shown) {
        return isOver(shown)
                ? shown
                : began.plus(times(Duration.between(start(), shown), 1 / factor())).plusMillis(1);
    }

    /** So much faster it goes: the day, and the time meanwhile. */
    private double factor() {
        return 1 + (double) DAY.toMillis() / length.toMillis();
    }

    private static Duration times(Duration duration, double factor) {
        return Duration.ofNanos(Math.round(duration.toNanos() * factor));
    }
}
