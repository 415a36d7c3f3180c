package gpuanalytics.service.health;

import gpuanalytics.service.health.HealthReport.Part;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of one part, told by whoever uses it. Any thread may tell and ask.
 *
 * <p>A change between up and down is logged once; {@code since} is when it changed.
 */
public final class PartHealth {

    private static final Logger log = LoggerFactory.getLogger(PartHealth.class);

    private final Clock clock;
    private volatile Part state;

    /** A part that is down until it says otherwise. */
    public PartHealth(String name, String detail, Clock clock) {
        this.clock = clock;
        this.state = new Part(name, false, detail, clock.instant());
    }

    /** It works. */
    public synchronized void up(String detail) {
        if (!state.up()) {
            log.atInfo().addKeyValue("part", state.name()).log(detail);
        }
        change(true, detail);
    }

    /** It does not; what is wrong, in one line. */
    public synchronized void down(String detail) {
        if (state.up() || !state.detail().equals(detail)) {
            log.atWarn().addKeyValue("part", state.name()).log(detail);
        }
        change(false, detail);
    }

    /** It is down because it was told to end. */
    public synchronized void stopping() {
        change(false, "shutting down");
    }

    public Part report() {
        return state;
    }

    private void change(boolean up, String detail) {
        if (state.up() == up && state.detail().equals(detail)) {
            return;
        }
        var since = state.up() == up ? state.since() : clock.instant();
        state = new Part(state.name(), up, detail, since);
    }
}
