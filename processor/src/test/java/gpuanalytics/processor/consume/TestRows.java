package gpuanalytics.processor.consume;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.CodecEventDecoder;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records as if they had been read. */
public final class TestRows {

    private final AssignedPartition partition;
    private Duration assumedInterval = Duration.ofSeconds(15);
    private long next;

    /** Records of a partition of a topic with this id. */
    public TestRows(EventTopic kind, String topicId, int partition) {
        this.partition =
                new Assignment(
                                new TopicPartition(kind.defaultName(), partition),
                                kind,
                                topicId,
                                Mark.at(0))
                        .current();
    }

    /** From now on, samples that do not say so stand for this time. */
    public void assume(Duration interval) {
        assumedInterval = interval;
    }

    /** The row of the next record. */
    public Row next(Event event) {
        return at(next++, event);
    }

    /** The row of the record at an offset. */
    public Row at(long offset, Event event) {
        var record =
                new ConsumerRecord<ByteBuffer, ByteBuffer>(
                        partition.topic(),
                        partition.number(),
                        offset,
                        event.ts().toEpochMilli(),
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        null,
                        ByteBuffer.wrap(EventCodec.encode(event)),
                        new RecordHeaders(),
                        Optional.empty());
        var decoder =
                new CodecEventDecoder(
                        new EventCodec(EventLimits.defaults()), Clock.systemUTC(), assumedInterval);
        return (Row) decoder.decode(new RawRecord(partition, record));
    }
}
