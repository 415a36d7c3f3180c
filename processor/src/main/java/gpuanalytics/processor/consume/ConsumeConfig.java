package gpuanalytics.processor.consume;

import gpuanalytics.event.EventTopic;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How records are read.
 *
 * @param bootstrapServers the brokers' addresses, {@code host:port}, separated by commas
 * @param topics the names of the two topics
 * @param deadLetterTopic where rejected records go
 * @param groupId the consumer group
 * @param groupInstanceId makes the member static (KIP-345); null for a dynamic one
 * @param protocol which group protocol
 * @param maxPollRecords the most records of one poll
 * @param commitInterval how often progress is committed
 * @param revokeTimeout how long a rebalance may wait for what is under way
 */
public record ConsumeConfig(
        String bootstrapServers,
        Map<EventTopic, String> topics,
        String deadLetterTopic,
        String groupId,
        @Nullable String groupInstanceId,
        GroupProtocol protocol,
        int maxPollRecords,
        Duration commitInterval,
        Duration revokeTimeout) {

    /** Kafka's group protocols. */
    public enum GroupProtocol {
        /** KIP-848: the broker assigns. */
        CONSUMER,
        /** The older one, for brokers before 4.0: a member assigns, cooperatively. */
        CLASSIC
    }

    public ConsumeConfig {
        topics = Map.copyOf(topics);
    }
}
