package gpuanalytics.processor.consume;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.LetterHeaders;
import gpuanalytics.processor.consume.KafkaHealth.User;
import gpuanalytics.service.retry.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where rejected records are kept: their key, value and headers as they were, and headers that say
 * from where they are and why.
 *
 * <p>{@link #send} returns when every letter is acknowledged by all replicas in sync. A letter may
 * be there twice after a crash: {@link #TOPIC_ID}, {@link #PARTITION}, {@link #OFFSET} and {@link
 * #LEADER_EPOCH} tell. Of a record with several events, each that is rejected has a letter of its
 * own with {@link #ITEM}. A letter that is too large for the topic sheds what is large, see {@link
 * LetterForm}. Any thread may send.
 */
public final class DeadLetterTopic implements AutoCloseable {

    /** The kind of defect, see {@link gpuanalytics.event.RejectReason#label()}. */
    public static final String REASON = LetterHeaders.REASON;

    /** The thing, its value and what was expected, in one line. */
    public static final String DETAIL = LetterHeaders.DETAIL;

    /** The name of the topic that the record is from. */
    public static final String TOPIC = LetterHeaders.TOPIC;

    public static final String TOPIC_ID = LetterHeaders.TOPIC_ID;
    public static final String PARTITION = LetterHeaders.PARTITION;
    public static final String OFFSET = LetterHeaders.OFFSET;

    /** Only for one of several events in a record: its place among them, from 0. */
    public static final String ITEM = "dead_letter.item";

    /** The epoch of the leader that took the record; missing where not known. */
    public static final String LEADER_EPOCH = LetterHeaders.LEADER_EPOCH;

    /** The record's time, ISO 8601. */
    public static final String TIMESTAMP = LetterHeaders.TIMESTAMP;

    /** Only where the value did not fit and is cut: how many bytes it had. */
    public static final String TRUNCATED_FROM_BYTES = LetterHeaders.TRUNCATED_FROM_BYTES;

    /** Only where the key did not fit and is left out: how many bytes it had. */
    public static final String KEY_BYTES = LetterHeaders.KEY_BYTES;

    /** Only where the record's own headers did not fit and are left out: how many there were. */
    public static final String HEADERS = LetterHeaders.HEADERS;

    /** Beside {@link #HEADERS}: how many bytes their names and values had. */
    public static final String HEADER_BYTES = LetterHeaders.HEADER_BYTES;

    private static final Logger log = LoggerFactory.getLogger(DeadLetterTopic.class);

    private static final int MAX_REQUEST_BYTES = 64 << 20;
    private static final int TRUNCATED_BYTES = 64 << 10;
    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(10);
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
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
        if (letters.isEmpty()) {
            return;
        }
        var pending = letters.stream().map(each -> new Pending(each, LetterForm.WHOLE)).toList();
        for (int attempt = 1; ; attempt++) {
            pending = sendOnce(pending);
            if (pending.isEmpty()) {
                health.works(User.DEAD_LETTERS);
                return;
            }
            pause(attempt);
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

    private record Pending(DeadLetter letter, LetterForm form) {}

    private record Sent(Pending pending, Future<?> answer) {}

    /** Sends each; those that are left are to be sent again, in the form they have now. */
    private List<Pending> sendOnce(List<Pending> pending) throws InterruptedException {
        var sent = new ArrayList<Sent>(pending.size());
        var left = new ArrayList<Pending>();
        for (var each : pending) {
            try {
                sent.add(new Sent(each, open().send(toRecord(each.letter, each.form))));
            } catch (InterruptException e) {
                throw interrupted(e);
            } catch (KafkaException e) {
                left.add(notTaken(each, e));
            }
        }
        for (var each : sent) {
            try {
                each.answer.get();
            } catch (ExecutionException e) {
                left.add(notTaken(each.pending, e.getCause()));
            }
        }
        return left;
    }

    /** What was too large has a smaller form afterwards; all else is told in the health report. */
    private Pending notTaken(Pending pending, @Nullable Throwable failure) {
        if (failure instanceof RecordTooLargeException && pending.form != LetterForm.SIZES_ONLY) {
            log.atInfo()
                    .addKeyValue("record", pending.letter.record().position())
                    .addKeyValue("form", pending.form)
                    .log("dead letter is too large, it is sent in a smaller form");
            return new Pending(pending.letter, pending.form.smaller());
        }
        health.fails(
                User.DEAD_LETTERS,
                "dead letters wait for topic %s: %s".formatted(config.deadLetterTopic(), failure));
        log.atWarn().setCause(failure).log("dead letter was not taken, it is sent again");
        return pending;
    }

    private void pause(int attempt) throws InterruptedException {
        var pause = BACKOFF.pauseAfter(attempt, ThreadLocalRandom.current());
        if (stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new InterruptedException("closed while a dead letter was sent");
        }
    }

    private static InterruptedException interrupted(InterruptException cause) {
        Thread.interrupted(); // as one who waits does that throws this
        var interrupted = new InterruptedException("interrupted while a dead letter was sent");
        interrupted.initCause(cause);
        return interrupted;
    }

    private ProducerRecord<byte[], byte[]> toRecord(DeadLetter letter, LetterForm form) {
        var record = letter.record();
        var value = value(record.value(), form);
        var keeps = form.keepsKeyAndHeaders();
        var dead =
                new ProducerRecord<byte[], byte[]>(
                        config.deadLetterTopic(),
                        null,
                        keeps ? record.key() : null,
                        value,
                        keeps ? record.headers() : null);
        add(dead, REASON, letter.reason().label());
        if (form != LetterForm.SIZES_ONLY) {
            add(dead, DETAIL, letter.detail());
        }
        addPosition(dead, record);
        if (!Arrays.equals(value, record.value())) {
            addSize(dead, TRUNCATED_FROM_BYTES, record.value());
        }
        if (!keeps) {
            addSize(dead, KEY_BYTES, record.key());
            addHeaderSizes(dead, record.headers());
        }
        return dead;
    }

    private static byte @Nullable [] value(byte @Nullable [] value, LetterForm form) {
        return switch (form) {
            case WHOLE -> value;
            case VALUE_CUT, VALUE_ONLY ->
                    value == null || value.length <= TRUNCATED_BYTES
                            ? value
                            : Arrays.copyOf(value, TRUNCATED_BYTES);
            case SIZES_ONLY -> null;
        };
    }

    private static void addPosition(ProducerRecord<byte[], byte[]> dead, RawRecord record) {
        var partition = record.partition();
        add(dead, TOPIC, partition.topic());
        add(dead, TOPIC_ID, partition.assignment().topicId());
        add(dead, PARTITION, Integer.toString(partition.number()));
        add(dead, OFFSET, Long.toString(record.offset()));
        if (record.isItem()) {
            add(dead, ITEM, Integer.toString(record.item()));
        }
        partition.leaderEpoch().ifPresent(e -> add(dead, LEADER_EPOCH, Integer.toString(e)));
        add(dead, TIMESTAMP, record.timestamp().toString());
    }

    private static void addHeaderSizes(ProducerRecord<byte[], byte[]> dead, Headers headers) {
        var count = 0;
        var bytes = 0L;
        for (var header : headers) {
            count++;
            bytes += header.key().getBytes(UTF_8).length;
            bytes += header.value() == null ? 0 : header.value().length;
        }
        add(dead, HEADERS, Integer.toString(count));
        add(dead, HEADER_BYTES, Long.toString(bytes));
    }

    private static void addSize(
            ProducerRecord<byte[], byte[]> dead, String name, byte @Nullable [] of) {
        if (of != null) {
            add(dead, name, Integer.toString(of.length));
        }
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

    /** Idempotent by default; one request at a time, as a new topic takes whatever comes first. */
    private Map<String, Object> settings() {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.bootstrapServers(),
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1,
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
