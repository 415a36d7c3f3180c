package gpuanalytics.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.LetterHeaders;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What was refused at a door, for the dead letters.
 *
 * @param why the defect
 * @param topic where it was to go, where that is known
 * @param contentType the media type of the bytes
 * @param bytes as they came
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
public record Letter(Rejected why, Optional<EventTopic> topic, String contentType, byte[] bytes) {

    private static final int TRUNCATED_BYTES = 64 << 10;

    /** A value of this part of what a record may have leaves room for the headers. */
    private static final int PART = 4;

    ProducerRecord<byte[], byte[]> record(
            KafkaPublisher kafka, String door, boolean cut, Instant now) {
        int most = cut ? Math.min(TRUNCATED_BYTES, kafka.maxRecordBytes() / PART) : bytes.length;
        var value = Arrays.copyOf(bytes, Math.min(bytes.length, most));
        var record = new ProducerRecord<byte[], byte[]>(kafka.deadLetters(), value);
        add(record, LetterHeaders.REASON, why.reason().label());
        add(record, LetterHeaders.DETAIL, why.detail());
        topic.ifPresent(known -> add(record, LetterHeaders.TOPIC, kafka.name(known)));
        add(record, LetterHeaders.TIMESTAMP, now.toString());
        add(record, LetterHeaders.DOOR, door);
        add(record, LetterHeaders.CONTENT_TYPE, contentType);
        if (value.length < bytes.length) {
            add(record, LetterHeaders.TRUNCATED_FROM_BYTES, Integer.toString(bytes.length));
        }
        return record;
    }

    private static void add(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(UTF_8));
    }
}
