package gpuanalytics.processor.consume;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.ConsumeConfig.GroupProtocol;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupClientTest {

    private static final class Deaf implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
    }

    /** The client's own thread may give a partition back between two calls of the ingest thread. */
    @ParameterizedTest
    @EnumSource
    void leavesAPartitionAloneThatWasTakenAwayMeanwhile(GroupProtocol protocol) {
        var gone = Set.of(new TopicPartition("usage", 0), new TopicPartition("usage", 1));
        try (var client = new GroupClient(config(protocol), new Deaf())) {
            assertDoesNotThrow(() -> client.pause(gone));
            assertDoesNotThrow(() -> client.resume(gone));
            assertDoesNotThrow(() -> client.seek(gone.iterator().next(), Mark.at(5)));
        }
    }

    private static ConsumeConfig config(GroupProtocol protocol) {
        return new ConsumeConfig(
                "127.0.0.1:9", // nobody answers, and nobody need
                Map.of(EventTopic.TOKEN_USAGE, "usage"),
                "dead",
                "group",
                null,
                protocol,
                100,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
    }
}
