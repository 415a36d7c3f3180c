package gpuanalytics.processor.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.EventTopic;
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

    /** A record of partition 3 of the topic, with headers of text. */
    public static RawRecord of(
            EventTopic kind, byte[] value, long offset, Map<String, String> headers) {
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
                        0,
                        TimestampType.CREATE_TIME,
                        0,
                        value.length,
                        new byte[0],
                        value,
                        recordHeaders,
                        Optional.empty()));
    }
}
