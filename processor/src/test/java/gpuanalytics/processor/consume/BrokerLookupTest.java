package gpuanalytics.processor.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BrokerLookupTest {

    private static final Node BROKER = new Node(1, "localhost", 9092);

    /** One that nobody answers for would hold up all others. */
    @Test
    void asksOnlyAboutPartitionsThatHaveALeader() {
        var topics =
                Map.of(
                        "usage",
                        topic("usage", BROKER, null, Node.noNode()),
                        "other",
                        topic("other"));

        var led =
                BrokerLookup.led(
                        List.of(
                                new TopicPartition("usage", 2),
                                new TopicPartition("usage", 1),
                                new TopicPartition("usage", 0),
                                new TopicPartition("usage", 3),
                                new TopicPartition("other", 0),
                                new TopicPartition("missing", 0)),
                        topics);

        assertEquals(List.of(new TopicPartition("usage", 0)), led);
    }

    private static TopicDescription topic(String name, @Nullable Node... leaders) {
        var partitions = new ArrayList<TopicPartitionInfo>();
        for (var leader : leaders) {
            partitions.add(
                    new TopicPartitionInfo(
                            partitions.size(), leader, List.of(BROKER), List.of(BROKER)));
        }
        return new TopicDescription(name, false, partitions);
    }
}
