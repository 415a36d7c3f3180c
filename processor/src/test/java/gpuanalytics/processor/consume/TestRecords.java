package gpuanalytics.processor.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.EventTopic;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** Records as the consumer would hand them on. */
public final class TestRecords {

    private static final String TOPIC_ID = "b8TqzOQZRZ2X1yPjz0wXcA";

    private TestRecords() {}

    /** When the records were appended. */
    public static final Instant APPENDED = Instant.parse("2026-01-31T12:00:00Z");

    /**
     * A value as it lies in what was fetched: in an array of more, with so many bytes behind it.
     */
    public static ByteBuffer within(byte[] value, int behind) {
        int before = 7;
        var array = new byte[before + value.length + behind];
        Arrays.fill(array, (byte) '"');
        System.arraycopy(value, 0, array, before, value.length);
        return ByteBuffer.wrap(array, before, value.length).slice();
    }

    /** A record of partition 3 of the topic, with headers of text. */
    public static RawRecord of(
            EventTopic kind, byte[] value, long offset, Map<String, String> headers) {
        return of(kind, value, offset, headers, APPENDED.toEpochMilli());
    }

    /** The same with another time, in milliseconds since 1970; -1 for none. */
    public static RawRecord of(
            EventTopic kind,
            byte[] value,
            long offset,
            Map<String, String> headers,
            long timestamp) {
        var partition =
                new Assignment(
                                new TopicPartition(kind.defaultName(), 3),
                                kind,
                                TOPIC_ID,
                                Mark.at(0))
                        .current();
        var recordHeaders = new RecordHeaders();
        headers.forEach((name, text) -> recordHeaders.add(name, text.getBytes(UTF_8)));
        return new RawRecord(
                partition,
                new ConsumerRecord<>(
                        kind.defaultName(),
                        3,
                        offset,
                        timestamp,
                        TimestampType.CREATE_TIME,
                        0,
                        value.length,
                        ByteBuffer.allocate(0),
                        within(value, (int) (offset % 12)),
                        recordHeaders,
                        Optional.empty()));
    }
}
