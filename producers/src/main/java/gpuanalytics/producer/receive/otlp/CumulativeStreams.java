package gpuanalytics.producer.receive.otlp;

import gpuanalytics.producer.receive.Told;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What cumulative sums said last, of so many streams that spoke last, and the rises that are not
 * known to be in Kafka. Any thread may use it.
 *
 * <p>A point moves its stream on at once, and its rise is made once. Where the rise does not get
 * into Kafka, or not surely, it is kept as it is and told again before anything else is counted, so
 * that no later rise covers its interval under another identity.
 */
public final class CumulativeStreams {

    private final Map<String, Point> last;
    private final List<Told> untold = new ArrayList<>();

    /**
     * A sum at a time.
     *
     * @param start since when it sums up, nanoseconds since 1970; 0 where that is not known
     * @param time when it was this, nanoseconds since 1970
     */
    record Point(long start, long time, double value) {}

    /** By how much a sum rose after {@code from}, up to {@code to}. */
    record Rise(long from, long to, double by) {}

    /** Remembers so many streams. */
    public CumulativeStreams(int most) {
        this.last =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<String, Point> eldest) {
                        return size() > most;
                    }
                };
    }

    /**
     * Moves a stream on.
     *
     * @return its rise since its point before; empty where that is none or not known: for its first
     *     point, and for one that was said before or comes too late
     */
    synchronized Optional<Rise> advance(String stream, Point now) {
        var before = last.get(stream);
        if (before != null && now.time() <= before.time()) {
            return Optional.empty();
        }
        last.put(stream, now);
        return before == null ? Optional.empty() : rise(before, now);
    }

    private static Optional<Rise> rise(Point before, Point now) {
        boolean isNew = hasBegunAnew(before, now);
        double by = isNew ? now.value() : now.value() - before.value();
        long from = isNew ? Math.max(before.time(), now.start()) : before.time();
        return by > 0 ? Optional.of(new Rise(from, now.time(), by)) : Optional.empty();
    }

    /**
     * Whether it sums up only what came after the point before: it says so by its start, or by less
     * than before. A start at the point's own time says only that the start is not known.
     */
    private static boolean hasBegunAnew(Point before, Point now) {
        return now.value() < before.value()
                || (now.start() > before.start()
                        && now.start() >= before.time()
                        && now.start() < now.time());
    }

    /** Keeps rises that are not known to be in Kafka. */
    synchronized void keep(Collection<Told> rises) {
        untold.addAll(rises);
    }

    /** The rises that are to be told again. */
    synchronized List<Told> untold() {
        return List.copyOf(untold);
    }

    /** Forgets rises that are in Kafka. */
    synchronized void forget(Collection<Told> rises) {
        var told = Collections.newSetFromMap(new IdentityHashMap<Told, Boolean>());
        told.addAll(rises);
        untold.removeIf(told::contains);
    }
}
