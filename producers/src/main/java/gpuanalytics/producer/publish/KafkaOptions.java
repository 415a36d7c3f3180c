package gpuanalytics.producer.publish;

import gpuanalytics.event.EventTopic;
import java.time.Duration;
import java.util.Map;

/**
 * How to publish.
 *
 * @param bootstrap addresses of brokers
 * @param topics the name of each topic
 * @param deadLetters the name of the topic for what is refused
 * @param compression of the batches
 * @param linger how long a batch waits for more events
 * @param bufferBytes memory for events that are not acknowledged; when it is full, publishing waits
 * @param maxRecordBytes a larger record is refused
 * @param flushTimeout how long events under way have when the publisher is closed
 * @param outageAfter without an acknowledgement for this long, Kafka counts as away
 */
public record KafkaOptions(
        String bootstrap,
        Map<EventTopic, String> topics,
        String deadLetters,
        Compression compression,
        Duration linger,
        long bufferBytes,
        int maxRecordBytes,
        Duration flushTimeout,
        Duration outageAfter) {

    /** How batches are compressed. */
    public enum Compression {
        LZ4,
        ZSTD,
        NONE
    }

    public KafkaOptions {
        topics = Map.copyOf(topics);
    }

    String topic(EventTopic topic) {
        return topics.getOrDefault(topic, topic.defaultName());
    }
}
