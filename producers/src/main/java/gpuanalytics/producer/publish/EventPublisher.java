package gpuanalytics.producer.publish;

import gpuanalytics.event.Event;
import java.util.function.BooleanSupplier;

/** Takes events over and sees to it that each is acknowledged, in the order given per key. */
public interface EventPublisher {

    /**
     * Waits until events can be published.
     *
     * @param stopped ends the waiting
     * @return whether they can be; false when stopped before
     */
    boolean awaitReady(BooleanSupplier stopped);

    /**
     * Takes an event over; waits while as many are under way as may be.
     *
     * @param stopped ends the waiting
     * @return whether it was taken over; false when stopped before
     */
    boolean publish(Event event, BooleanSupplier stopped);

    /**
     * Waits until every event taken over is acknowledged or has failed.
     *
     * @param stopped ends the waiting
     */
    void awaitDelivered(BooleanSupplier stopped);

    /** What has become of the events taken over so far. */
    Delivered delivered();
}
