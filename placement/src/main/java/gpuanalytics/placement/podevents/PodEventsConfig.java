package gpuanalytics.placement.podevents;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Where the history of pods is kept.
 *
 * @param bootstrap addresses of Kafka's brokers
 * @param topic the topic of the events
 * @param retention how long an event counts
 * @param maxUnsent events that wait for Kafka; for one more the oldest is given up
 */
public record PodEventsConfig(String bootstrap, String topic, Duration retention, int maxUnsent) {

    /** Reads every variable; errors are left in the reader. */
    public static PodEventsConfig read(EnvironmentReader env) {
        return new PodEventsConfig(
                env.addresses("KAFKA_BOOTSTRAP", "localhost:9092", "Addresses of Kafka's brokers"),
                env.topic("TOPIC_POD_EVENTS", "pod.events.v1", "Topic of what happens to pods"),
                env.duration(
                        "POD_HISTORY_DAYS",
                        ChronoUnit.DAYS,
                        7,
                        1,
                        90,
                        "How long what happened to pods counts; the topic must keep it as long"),
                env.integer(
                        "POD_EVENTS_MAX_UNSENT",
                        20_000,
                        100,
                        1_000_000,
                        "Events of pods that wait while Kafka is away; for one more the oldest is"
                                + " given up"));
    }
}
