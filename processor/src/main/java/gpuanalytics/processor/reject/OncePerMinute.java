package gpuanalytics.processor.reject;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Says when something that may happen a thousand times a second is told again: at once the first
 * time, then at most once a minute for each kind, with how many there were since. Any thread.
 *
 * @param <K> the kinds; there must be few
 */
final class OncePerMinute<K> {

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final class Told {
        private Instant at = Instant.MIN;
        private long since;
    }

    private final Clock clock;
    private final Map<K, Told> kinds = new HashMap<>();

    OncePerMinute(Clock clock) {
        this.clock = clock;
    }

    /** It happened so often; returns how many to tell of now, 0 for nothing yet. */
    synchronized long tell(K kind, long count) {
        var told = kinds.computeIfAbsent(kind, _ -> new Told());
        var now = clock.instant();
        told.since += count;
        if (!told.at.equals(Instant.MIN) && now.isBefore(told.at.plus(INTERVAL))) {
            return 0;
        }
        var all = told.since;
        told.at = now;
        told.since = 0;
        return all;
    }
}
