package gpuanalytics.processor.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AssignedPartitionTest {

    private final AssignedPartition partition =
            new AssignedPartition(
                    new TopicPartition("events", 2), EventTopic.TOKEN_USAGE, "topic-id", 10);

    @Test
    void hasNothingToCommitUntilARecordIsDone() {
        assertFalse(partition.hasUncommitted());

        partition.complete(11);

        assertTrue(partition.hasUncommitted());
        partition.committed(11);
        assertFalse(partition.hasUncommitted());
    }

    @Test
    void keepsALateAnswerFromTakingACommitBack() {
        partition.complete(20);
        partition.committed(20);

        partition.committed(15);

        assertFalse(partition.hasUncommitted());
    }

    @Test
    void refusesToGoBackwards() {
        partition.complete(20);

        assertThrows(IllegalStateException.class, () -> partition.complete(19));
    }

    @Test
    void namesItsWatermarksByTheTopicsIdNotItsName() {
        assertEquals("topic-id_2", partition.source());
    }
}
