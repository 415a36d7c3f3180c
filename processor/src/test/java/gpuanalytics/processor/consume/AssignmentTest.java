package gpuanalytics.processor.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssignmentTest {

    private static final TopicPartition PARTITION = new TopicPartition("events", 2);

    private final Assignment assignment =
            new Assignment(PARTITION, EventTopic.TOKEN_USAGE, "topic-id", Mark.at(10));
    private final AssignedPartition partition = assignment.current();

    @Test
    void hasNothingToCommitUntilARecordIsDone() {
        assertFalse(assignment.hasUncommitted());

        partition.complete(11);

        assertTrue(assignment.hasUncommitted());
        assignment.committed(11);
        assertFalse(assignment.hasUncommitted());
    }

    @Test
    void keepsALateAnswerFromTakingACommitBack() {
        partition.complete(20);
        assignment.committed(20);

        assignment.committed(15);

        assertFalse(assignment.hasUncommitted());
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

    @ParameterizedTest
    @CsvSource({
        ",  topic-id",
        "0, topic-id", // the first leader: as long as there is one, epochs do not matter
        "1, topic-id~1",
        "7, topic-id~7"
    })
    void namesTheLogByTheLeaderThatAppended(Integer epoch, String name) {
        var record = assignment.handOn(records(epoch, 10), mark(11, epoch)).getFirst();

        assertEquals(name, record.partition().topicId());
        assertEquals(name + "_2", record.partition().source());
        assertEquals(new Position(name, 2, 10), record.position());
    }

    @Test
    void commitsTheEpochOfTheLastRecordThatIsDone() {
        var old = assignment.handOn(records(3, 10, 11), mark(12, 3)).getFirst().partition();
        var newer = assignment.handOn(records(4, 12, 13), mark(14, 4)).getFirst().partition();

        old.complete(12);
        assertEquals(mark(12, 3), assignment.done());

        newer.complete(13);
        assertEquals(mark(13, 4), assignment.done());
    }

    @Test
    void isDoneBehindTheMarkersOfATransactionWhenItsRecordsAre() {
        var handed = assignment.handOn(records(3, 10, 11), mark(13, 3)).getFirst().partition();

        handed.complete(11);
        assertEquals(mark(11, 3), assignment.done());

        handed.complete(12);
        assertEquals(mark(13, 3), assignment.done());
    }

    @Test
    void isDoneBehindMarkersThatComeAlone() {
        assignment.handOn(List.of(), mark(11, 3));

        assertEquals(mark(11, 3), assignment.done());
        assertTrue(assignment.hasUncommitted());
    }

    @Test
    void isNotDoneBehindMarkersBeforeTheRecordsBeforeThemAre() {
        var handed = assignment.handOn(records(3, 10), mark(11, 3)).getFirst().partition();
        assignment.handOn(List.of(), mark(12, 3));

        assertEquals(10, assignment.doneOffset());
        handed.complete(11);
        assertEquals(mark(12, 3), assignment.done());
    }

    private static Mark mark(long offset, Integer epoch) {
        return new Mark(offset, Optional.ofNullable(epoch));
    }

    private static List<ConsumerRecord<ByteBuffer, ByteBuffer>> records(
            Integer epoch, int... offsets) {
        return IntStream.of(offsets)
                .mapToObj(
                        offset ->
                                new ConsumerRecord<ByteBuffer, ByteBuffer>(
                                        PARTITION.topic(),
                                        PARTITION.partition(),
                                        offset,
                                        0,
                                        TimestampType.CREATE_TIME,
                                        0,
                                        0,
                                        null,
                                        null,
                                        new RecordHeaders(),
                                        Optional.ofNullable(epoch)))
                .toList();
    }
}
