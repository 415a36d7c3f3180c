package gpuanalytics.producer.source;

import gpuanalytics.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Events of a source that looks at the multiples of an interval. What it misses stays a gap. */
public final class IntervalEvents {

    private final long intervalMillis;
    private final Function<Instant, Collection<Event>> look;
    private final Queue<Event> seen = new ArrayDeque<>();
    private @Nullable Instant due;

    /**
     * Looks at nothing yet.
     *
     * @param look tells what there is now
     */
    public IntervalEvents(Duration interval, Function<Instant, Collection<Event>> look) {
        this.intervalMillis = interval.toMillis();
        this.look = look;
    }

    /** As {@link EventSource#nextDue} says. */
    public Instant nextDue(Instant now) {
        if (!seen.isEmpty()) {
            return Instant.MIN;
        }
        if (due == null) {
            due = next(now);
        }
        return due;
    }

    /** As {@link EventSource#take} says. */
    public List<Event> take(Instant now, int max) {
        if (seen.isEmpty() && !nextDue(now).isAfter(now)) {
            seen.addAll(look.apply(now));
            due = next(now);
        }
        var taken = new ArrayList<Event>();
        while (taken.size() < max && !seen.isEmpty()) {
            taken.add(seen.remove());
        }
        return taken;
    }

    /** The last multiple of the interval. */
    public Instant last(Instant now) {
        return Instant.ofEpochMilli(
                Math.floorDiv(now.toEpochMilli(), intervalMillis) * intervalMillis);
    }

    private Instant next(Instant now) {
        return last(now).plusMillis(intervalMillis);
    }
}
