package gpuanalytics.processor.consume;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A record as it came from its topic: bytes and where they lie. Or one of several events in such a
 * record: then the value is the event's alone.
 */
public final class RawRecord {

    /** About what the objects around the bytes take on the heap. */
    private static final long OVERHEAD_BYTES = 256;

    private final AssignedPartition partition;
    private final ConsumerRecord<ByteBuffer, ByteBuffer> record;
    private final @Nullable ByteBuffer value;
    private final int item;
    private final boolean last;

    RawRecord(AssignedPartition partition, ConsumerRecord<ByteBuffer, ByteBuffer> record) {
        this(partition, record, record.value(), 0, true);
    }

    private RawRecord(
            AssignedPartition partition,
            ConsumerRecord<ByteBuffer, ByteBuffer> record,
            @Nullable ByteBuffer value,
            int item,
            boolean last) {
        this.partition = partition;
        this.record = record;
        this.value = value;
        this.item = item;
        this.last = last;
    }

    /**
     * One of the events in this record.
     *
     * @param place its place among them, from 0
     * @param isLast whether no other follows
     */
    public RawRecord item(byte[] itemValue, int place, boolean isLast) {
        return new RawRecord(partition, record, ByteBuffer.wrap(itemValue), place, isLast);
    }

    /** The place among the events of its record; 0 for the first or only one. */
    public int item() {
        return item;
    }

    /** Whether it is the last or only event of its record. */
    public boolean isLast() {
        return last;
    }

    /** Whether its record has several events. */
    public boolean isItem() {
        return item > 0 || !last;
    }

    public AssignedPartition partition() {
        return partition;
    }

    public long offset() {
        return record.offset();
    }

    public Position position() {
        return new Position(partition.topicId(), partition.number(), record.offset(), item);
    }

    /** The record's own time: set by the producer or, where the topic says so, by the broker. */
    public Instant timestamp() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** The same in milliseconds since 1970; negative where the record has none. */
    public long timestampMillis() {
        return record.timestamp();
    }

    /** A copy of the value, or null where the record has none. */
    public byte @Nullable [] value() {
        return Utils.toNullableArray(value);
    }

    /** The value where it lies, from position to limit of an array; null where there is none. */
    public @Nullable ByteBuffer buffer() {
        return value;
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
                + (value == null ? 0 : value.remaining());
    }

    byte @Nullable [] key() {
        return Utils.toNullableArray(record.key());
    }

    Headers headers() {
        return record.headers();
    }
}
