package gpuanalytics.producer.source;

import gpuanalytics.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A source that looks at the multiples of an interval and never ends. What it misses stays a gap.
 */
public abstract class IntervalSource implements EventSource {

    private final long intervalMillis;
    private final Queue<Event> seen = new ArrayDeque<>();
    private @Nullable Instant due;

    /** Looks at nothing yet. */
    protected IntervalSource(Duration interval) {
        this.intervalMillis = interval.toMillis();
    }

    /** What there is now. */
    protected abstract Collection<Event> look(Instant now);

    /** The last multiple of the interval. */
    protected final Instant last(Instant now) {
        return Instant.ofEpochMilli(
                Math.floorDiv(now.toEpochMilli(), intervalMillis) * intervalMillis);
    }

    @Override
    public final boolean ended() {
        return false;
    }

    @Override
    public final Instant nextDue(Instant now) {
        if (!seen.isEmpty()) {
            return Instant.MIN;
        }
        if (due == null) {
            due = next(now);
        }
        return due;
    }

    @Override
    public final List<Event> take(Instant now, int max) {
        if (seen.isEmpty() && !nextDue(now).isAfter(now)) {
            seen.addAll(look(now));
            due = next(now);
        }
        var taken = new ArrayList<Event>();
        while (taken.size() < max && !seen.isEmpty()) {
            taken.add(seen.remove());
        }
        return taken;
    }

    private Instant next(Instant now) {
        return last(now).plusMillis(intervalMillis);
    }
}
