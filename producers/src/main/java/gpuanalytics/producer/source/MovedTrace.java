package gpuanalytics.producer.source;

import java.time.Duration;
import java.time.Instant;

/**
 * Traces of one kind whose times were moved, so that they run together with others.
 *
 * @param kind what they are called
 * @param from when they begin by their own times
 * @param to when they begin as replayed
 */
public record MovedTrace(String kind, Instant from, Instant to) {

    /** In one line. */
    @Override
    public String toString() {
        return "aligned in time: %s begins at %s in place of %s, moved by %s"
                .formatted(kind, to, from, Duration.between(from, to));
    }
}
