package gpuanalytics.processor.consume;

import gpuanalytics.event.EventTopic;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records as the consumer hands them on. The one place of bench that knows how they are made. */
public final class BenchRecords {

    private static final String TOPIC_ID = "b8TqzOQZRZ2X1yPjz0wXcA";

    /** After every event of the workloads, and not so long that one would be too old. */
    private static final long APPENDED_MS = Instant.parse("2030-01-01T00:00:00Z").toEpochMilli();

    private final AssignedPartition partition;

    /** Records of one partition of a topic. */
    public BenchRecords(EventTopic kind) {
        this.partition =
                new Assignment(
                                new TopicPartition(kind.defaultName(), 3),
                                kind,
                                TOPIC_ID,
                                Mark.at(0))
                        .current();
    }

    /** The record at this offset. */
    public RawRecord record(byte[] value, long offset) {
        return new RawRecord(
                partition,
                new ConsumerRecord<>(
                        partition.topic(),
                        partition.number(),
                        offset,
                        APPENDED_MS,
                        TimestampType.CREATE_TIME,
                        0,
                        value.length,
                        ByteBuffer.allocate(0),
                        ByteBuffer.wrap(value),
                        new RecordHeaders(),
                        Optional.empty()));
    }
}
