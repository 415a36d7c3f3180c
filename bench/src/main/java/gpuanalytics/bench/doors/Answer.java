package gpuanalytics.bench.doors;

import java.time.Duration;
import java.util.Optional;

/** How a door answers a call. */
sealed interface Answer {

    /**
     * All of it is in Kafka.
     *
     * @param warning what the door says beside; empty for nothing
     */
    record Acknowledged(String warning) implements Answer {}

    /**
     * It is to be sent again: the door says so, or its answer is not known.
     *
     * @param after when, where the door says that
     */
    record ComeAgain(String reason, Optional<Duration> after) implements Answer {}

    /** Some of it will never be taken. */
    record Refused(String reason) implements Answer {}
}
