package gpuanalytics.bench.load;

import gpuanalytics.event.Event;
import java.time.Instant;

/** Events by their number: the same number and seed give the same event. */
public interface EventStream {

    /** No events. */
    EventStream EMPTY =
            new EventStream() {
                @Override
                public long size() {
                    return 0;
                }

                @Override
                public Event event(long number) {
                    throw new IndexOutOfBoundsException("no event " + number);
                }

                @Override
                public Event event(long number, Instant at) {
                    return event(number);
                }
            };

    /** How many there are. */
    long size();

    /**
     * One of them, in the order in which they come in.
     *
     * @param number from 0
     */
    Event event(long number);

    /**
     * The same as if it had happened at another time.
     *
     * @param number from 0, also beyond the size
     */
    Event event(long number, Instant at);
}
