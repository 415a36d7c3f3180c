package gpuanalytics.processor.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.processor.consume.KafkaHealth.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where refused records are kept: their key, value and headers as they were, and headers that say
 * from where they are and why.
 *
 * <p>{@link #send} returns when every letter is acknowledged by all replicas in sync. A letter may
 * be there twice after a crash: {@link #TOPIC_ID}, {@link #PARTITION} and {@link #OFFSET} tell. Any
 * thread may send.
 */
public final class DeadLetterTopic implements AutoCloseable {

    /** The kind of defect, see {@link gpuanalytics.event.RejectReason#label()}. */
    public static final String REASON = "dead_letter.reason";

    /** The thing, its value and what was expected, in one line. */
    public static final String DETAIL = "dead_letter.detail";

    /** The name of the topic that the record is from. */
    public static final String TOPIC = "dead_letter.topic";

    public static final String TOPIC_ID = "dead_letter.topic_id";
    public static final String PARTITION = "dead_letter.partition";
    public static final String OFFSET = "dead_letter.offset";

    /** The record's time, ISO 8601. */
    public static final String TIMESTAMP = "dead_letter.timestamp";

    /** Only where the value did not fit and is cut: how many bytes it had. */
    public static final String TRUNCATED_FROM_BYTES = "dead_letter.truncated_from_bytes";

    private static final Logger log = LoggerFactory.getLogger(DeadLetterTopic.class);

    private static final int MAX_REQUEST_BYTES = 64 << 20;
    private static final int TRUNCATED_BYTES = 64 << 10;
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY_WAIT = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    private final ConsumeConfig config;
    private final KafkaHealth health;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    public DeadLetterTopic(ConsumeConfig config, KafkaHealth health) {
        this.config = config;
        this.health = health;
    }

    /**
     * Returns when every letter is in the topic; waits for the broker and the topic without limit.
     *
     * @throws InterruptedException when closed meanwhile
     */
    public void send(List<DeadLetter> letters) throws InterruptedException {
        var pending = new ArrayList<>(letters);
        var truncate = false;
        while (!pending.isEmpty()) {
            truncate = sendOnce(pending, truncate);
        }
        if (!letters.isEmpty()) {
            health.works(User.DEAD_LETTERS);
        }
    }

    @Override
    public void close() {
        stopped.countDown();
        synchronized (this) {
            if (producer != null) {
                producer.close(CLOSE_TIMEOUT);
            }
        }
    }

    /** Sends each, removes those that are acknowledged; true where one was too large. */
    private boolean sendOnce(List<DeadLetter> pending, boolean truncate)
            throws InterruptedException {
        var sent = new HashMap<DeadLetter, Future<?>>();
        var tooLarge = false;
        try {
            for (var letter : pending) {
                sent.put(letter, open().send(toRecord(letter, truncate)));
            }
            for (var entry : sent.entrySet()) {
                try {
                    entry.getValue().get();
                    pending.remove(entry.getKey());
                } catch (ExecutionException e) {
                    tooLarge |= waitIfAway(e.getCause());
                }
            }
        } catch (InterruptException e) {
            throw new InterruptedException("interrupted while a dead letter was sent");
        } catch (KafkaException e) {
            tooLarge |= waitIfAway(e);
        }
        return truncate || tooLarge;
    }

    /** True where the record is too large for the broker; else waits a little. */
    private boolean waitIfAway(@Nullable Throwable failure) throws InterruptedException {
        if (failure instanceof RecordTooLargeException) {
            return true;
        }
        health.fails(
                User.DEAD_LETTERS,
                "dead letters wait for topic %s: %s".formatted(config.deadLetterTopic(), failure));
        log.atWarn().setCause(failure).log("dead letter was not taken, it is sent again");
        if (stopped.await(RETRY_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("closed while a dead letter was sent");
        }
        return false;
    }

    private ProducerRecord<byte[], byte[]> toRecord(DeadLetter letter, boolean truncate) {
        var record = letter.record();
        var value = record.value();
        var cut = truncate && value != null && value.length > TRUNCATED_BYTES;
        var dead =
                new ProducerRecord<byte[], byte[]>(
                        config.deadLetterTopic(),
                        null,
                        record.key(),
                        cut ? Arrays.copyOf(value, TRUNCATED_BYTES) : value,
                        record.headers());
        add(dead, REASON, letter.reason().label());
        add(dead, DETAIL, letter.detail());
        add(dead, TOPIC, record.partition().topic());
        add(dead, TOPIC_ID, record.partition().topicId());
        add(dead, PARTITION, Integer.toString(record.partition().number()));
        add(dead, OFFSET, Long.toString(record.offset()));
        add(dead, TIMESTAMP, record.timestamp().toString());
        if (cut && value != null) {
            add(dead, TRUNCATED_FROM_BYTES, Integer.toString(value.length));
        }
        return dead;
    }

    private static void add(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(UTF_8));
    }

    private synchronized KafkaProducer<byte[], byte[]> open() throws InterruptedException {
        if (stopped.getCount() == 0) {
            throw new InterruptedException("closed");
        }
        var open = producer;
        if (open == null) {
            open = new KafkaProducer<>(settings());
            producer = open;
        }
        return open;
    }

    private Map<String, Object> settings() {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.bootstrapServers(),
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                MAX_REQUEST_BYTES,
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                (long) MAX_REQUEST_BYTES,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                DELIVERY_TIMEOUT.toMillis(),
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                5000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Math.toIntExact(DELIVERY_TIMEOUT.toMillis()));
    }
}
