package gpuanalytics.processor.consume;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A record as it came from its topic: bytes and where they lie. */
public final class RawRecord {

    /** About what the objects around the bytes take on the heap. */
    private static final long OVERHEAD_BYTES = 256;

    private final AssignedPartition partition;
    private final ConsumerRecord<byte[], byte[]> record;

    RawRecord(AssignedPartition partition, ConsumerRecord<byte[], byte[]> record) {
        this.partition = partition;
        this.record = record;
    }

    public AssignedPartition partition() {
        return partition;
    }

    public long offset() {
        return record.offset();
    }

    public Position position() {
        return new Position(partition.topicId(), partition.number(), record.offset());
    }

    /** The record's own time: set by the producer or, where the topic says so, by the broker. */
    public Instant timestamp() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** The value, or null where the record has none. */
    public byte @Nullable [] value() {
        return record.value();
    }

    /** The last header of that name, or null. */
    public byte @Nullable [] header(String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    /** About what it takes on the heap. */
    public long bytes() {
        return OVERHEAD_BYTES
                + Math.max(0, record.serializedKeySize())
                + Math.max(0, record.serializedValueSize());
    }

    byte @Nullable [] key() {
        return record.key();
    }

    Headers headers() {
        return record.headers();
    }
}
