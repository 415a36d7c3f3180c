package gpuanalytics.producer.source;

import gpuanalytics.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Where events come from, each with the moment it is due. One thread uses a source; {@link
 * #droppedRows} may be asked by any.
 */
public interface EventSource extends AutoCloseable {

    /** Whether there will never be another event. */
    boolean ended();

    /**
     * When the next event is due: {@link Instant#MAX} as long as there is none.
     *
     * @param now the present; the first call starts the source's clock
     */
    Instant nextDue(Instant now);

    /** The next events due by {@code now} in the order they are due, at most {@code max}. */
    List<Event> take(Instant now, int max);

    /** How many rows of input gave no event, by named reason. */
    default Map<String, Long> droppedRows() {
        return Map.of();
    }

    /** The same with the first row of each reason; may be asked by any thread. */
    default List<RefusedRows> refusedRows() {
        return List.of();
    }

    /** Which of its input does not have its own times; may be asked by any thread. */
    default List<MovedTrace> movedTraces() {
        return List.of();
    }

    /** Whether it has lost rows that it must not lose; may be asked by any thread. */
    default boolean isIncomplete() {
        return false;
    }

    @Override
    default void close() {}
}
