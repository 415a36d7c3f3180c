package gpuanalytics.producer.source;

import gpuanalytics.service.health.HealthReport;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * An open source with what belongs to it while it runs. {@link #parts}, {@link #rateControl} and
 * {@link #pause} may be asked by any thread.
 */
public interface Feed extends AutoCloseable {

    /** A source that needs nothing else. */
    static Feed of(EventSource events, int batch) {
        return new Feed() {
            @Override
            public EventSource events() {
                return events;
            }

            @Override
            public int batch() {
                return batch;
            }
        };
    }

    EventSource events();

    /** The most events between two pauses. */
    int batch();

    /** The least time from one batch to the next while the source is not behind. */
    default Duration pause() {
        return Duration.ZERO;
    }

    /** The state of what the source depends on, beside Kafka. */
    default List<HealthReport.Part> parts() {
        return List.of();
    }

    /** The live rate, where it has one. */
    default Optional<RateControl> rateControl() {
        return Optional.empty();
    }

    /** The reasons for which rows of its input may give no event. */
    default Collection<String> dropReasons() {
        return List.of();
    }

    /** Starts what runs beside the source. */
    default void start() {}

    /** Begins to end what {@link #start} has started: no further events will be taken. */
    default void leave() {}

    /** Ends all of it; called when the events taken are with Kafka or given up. */
    @Override
    default void close() {
        events().close();
    }
}
