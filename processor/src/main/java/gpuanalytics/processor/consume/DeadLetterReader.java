package gpuanalytics.processor.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.LetterHeaders;
import gpuanalytics.processor.letter.Letter;
import gpuanalytics.processor.letter.Letters;
import gpuanalytics.processor.letter.LettersUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the end of the dead letters, in no group and without a place of its own: each question
 * opens a client, which is gone when it is answered.
 */
public final class DeadLetterReader implements Letters {

    /** More of a value nobody reads on a page; the topic has the rest. */
    static final int MAX_SHOWN_BYTES = 4096;

    private static final int ANSWER_MS = 5000;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int FETCH_BYTES = 8 << 20;
    private static final char REPLACEMENT = '\ufffd';

    private final ConsumeConfig config;

    public DeadLetterReader(ConsumeConfig config) {
        this.config = config;
    }

    private record Found(Letter letter, long writtenMs, long offset) {}

    @Override
    public Newest newest(int most) {
        try (var consumer = new KafkaConsumer<byte[], byte[]>(settings())) {
            return newest(consumer, most);
        } catch (UnknownTopicOrPartitionException e) {
            return new Newest(List.of(), 0);
        } catch (KafkaException e) {
            throw new LettersUnavailableException(
                    "topic %s cannot be read".formatted(config.deadLetterTopic()), e);
        }
    }

    private Newest newest(KafkaConsumer<byte[], byte[]> consumer, int most) {
        var partitions =
                consumer.partitionsFor(config.deadLetterTopic()).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        var begin = consumer.beginningOffsets(partitions);
        var end = consumer.endOffsets(partitions);
        consumer.assign(partitions);
        long kept = 0;
        for (var partition : partitions) {
            long first = begin.getOrDefault(partition, 0L);
            long last = end.getOrDefault(partition, first);
            kept += last - first;
            consumer.seek(partition, Math.max(first, last - most));
        }
        var found = readTo(consumer, end);
        found.sort(
                Comparator.comparingLong(Found::writtenMs)
                        .thenComparingLong(Found::offset)
                        .reversed());
        return new Newest(found.stream().limit(most).map(Found::letter).toList(), kept);
    }

    /** What lies before the end as it was; as much of it as comes in time. */
    private static List<Found> readTo(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> end) {
        var found = new ArrayList<Found>();
        long deadline = System.nanoTime() + Duration.ofMillis(ANSWER_MS).toNanos();
        while (isBefore(consumer, end) && System.nanoTime() < deadline) {
            consumer.poll(POLL).forEach(record -> found.add(found(record)));
        }
        return found;
    }

    private static boolean isBefore(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> end) {
        return end.entrySet().stream()
                .anyMatch(each -> consumer.position(each.getKey()) < each.getValue());
    }

    private static Found found(ConsumerRecord<byte[], byte[]> record) {
        var value = record.value();
        var bytes = number(record, LetterHeaders.TRUNCATED_FROM_BYTES);
        boolean cut = bytes != null || (value != null && value.length > MAX_SHOWN_BYTES);
        var letter =
                new Letter(
                        "%d/%d".formatted(record.partition(), record.offset()),
                        time(text(record, LetterHeaders.TIMESTAMP)),
                        Objects.requireNonNullElse(text(record, LetterHeaders.REASON), "unknown"),
                        text(record, LetterHeaders.DETAIL),
                        text(record, LetterHeaders.TOPIC),
                        number(record, LetterHeaders.PARTITION),
                        number(record, LetterHeaders.OFFSET),
                        number(record, DeadLetterTopic.ITEM),
                        text(record, LetterHeaders.DOOR),
                        shown(value),
                        bytes != null || value == null ? bytes : Long.valueOf(value.length),
                        cut);
        return new Found(letter, record.timestamp(), record.offset());
    }

    private static @Nullable String shown(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        if (value.length <= MAX_SHOWN_BYTES) {
            return new String(value, UTF_8);
        }
        var text = new String(value, 0, MAX_SHOWN_BYTES, UTF_8);
        int length = text.length();
        // the last character may be cut in two
        return text.charAt(length - 1) == REPLACEMENT ? text.substring(0, length - 1) : text;
    }

    private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }

    /** Anybody may write to the topic: what is no number is none. */
    private static @Nullable Long number(ConsumerRecord<byte[], byte[]> record, String name) {
        var text = text(record, name);
        return text == null || !text.matches("[0-9]{1,18}") ? null : Long.valueOf(text);
    }

    private static @Nullable Instant time(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private Map<String, Object> settings() {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.bootstrapServers(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                ANSWER_MS,
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                ANSWER_MS,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                FETCH_BYTES,
                ConsumerConfig.RECEIVE_BUFFER_CONFIG,
                GroupClient.RECEIVE_BUFFER_BYTES);
    }
}
