package gpuanalytics.producer.health;

import java.time.Clock;
import org.slf4j.Logger;

/** The state of one part as it changes; says each change in the log, once. Safe for threads. */
public final class PartState {

    private final Clock clock;
    private final Logger log;
    private volatile PartHealth health;

    /** A part that is not up yet. */
    public PartState(String name, String detail, Clock clock, Logger log) {
        this.clock = clock;
        this.log = log;
        this.health = new PartHealth(name, false, detail, clock.instant());
    }

    public PartHealth health() {
        return health;
    }

    /** It works. */
    public void up(String detail) {
        change(true, detail);
    }

    /** It does not. */
    public void down(String detail) {
        change(false, detail);
    }

    private synchronized void change(boolean up, String detail) {
        var before = health;
        if (before.up() == up && before.detail().equals(detail)) {
            return;
        }
        var since = before.up() == up ? before.since() : clock.instant();
        health = new PartHealth(before.name(), up, detail, since);
        var level = up ? log.atInfo() : log.atWarn();
        level.log(before.name() + ": " + detail);
    }
}
