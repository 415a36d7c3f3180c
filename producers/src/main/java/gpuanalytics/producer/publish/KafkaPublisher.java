package gpuanalytics.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.health.PartHealth;
import gpuanalytics.producer.health.PartState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to Kafka: each event once (idempotent producer), acknowledged by all in-sync replicas,
 * in order per key. While Kafka is away nothing is dropped: events wait in bounded memory, then
 * {@link #publish} waits. One thread publishes; the rest may be asked by any.
 *
 * <p>A record that Kafka refuses as too large is counted as failed and logged, and the next ones go
 * on. Any other refusal (not authorised, for example) concerns all records and is a {@link
 * #failure}.
 */
public final class KafkaPublisher implements EventPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaPublisher.class);

    private static final Duration POLL = Duration.ofSeconds(1);

    /** How long one attempt to hand a record over waits before it looks whether to stop. */
    private static final Duration MAX_BLOCK = Duration.ofSeconds(1);

    private static final int BATCH_BYTES = 128 * 1024;

    private final KafkaOptions options;
    private final Clock clock;
    private final PartState state;
    private final OutageWatch watch;
    private final Map<EventTopic, AtomicLong> acknowledged = new EnumMap<>(EventTopic.class);
    private final Map<EventTopic, AtomicLong> failed = new EnumMap<>(EventTopic.class);
    private final AtomicLong promptTokens = new AtomicLong();
    private final AtomicLong completionTokens = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ScheduledExecutorService outages =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("kafka-outage-watch").factory());
    private @Nullable Producer<byte[], byte[]> producer;

    public KafkaPublisher(KafkaOptions options, Clock clock, MeterRegistry meters) {
        this.options = options;
        this.clock = clock;
        this.watch = new OutageWatch(options.outageAfter());
        this.state =
                new PartState(
                        "kafka",
                        "not yet connected to %s".formatted(options.bootstrap()),
                        clock,
                        LOG);
        for (var topic : EventTopic.values()) {
            acknowledged.put(
                    topic, counter("producer.records.sent", "Records acknowledged", topic, meters));
            failed.put(
                    topic,
                    counter("producer.records.failed", "Records refused for good", topic, meters));
        }
        Gauge.builder("producer.records.under.way", watch, OutageWatch::underWay)
                .description("Records neither acknowledged nor refused yet")
                .register(meters);
    }

    private AtomicLong counter(String name, String what, EventTopic topic, MeterRegistry meters) {
        var count = new AtomicLong();
        FunctionCounter.builder(name, count, AtomicLong::get)
                .description(what)
                .tag("topic", options.topic(topic))
                .register(meters);
        return count;
    }

    @Override
    public boolean awaitReady(BooleanSupplier stopped) {
        try {
            while (!stopped.getAsBoolean()) {
                switch (TopicCheck.ask(options.bootstrap(), options.topics().values())) {
                    case TopicCheck.Answer.Absent absent -> state.down(absent.problem());
                    case TopicCheck.Answer.Present present -> {
                        warnOfUnequalPartitions(present.partitions());
                        producer = new KafkaProducer<>(settings());
                        var _ =
                                outages.scheduleWithFixedDelay(
                                        this::noteOutage,
                                        0,
                                        POLL.toMillis(),
                                        TimeUnit.MILLISECONDS);
                        return true;
                    }
                }
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** One GPU's samples and usages meet in the same partition number only if these are equal. */
    private static void warnOfUnequalPartitions(Map<String, Integer> partitions) {
        if (partitions.values().stream().distinct().count() > 1) {
            LOG.atWarn()
                    .addKeyValue("partitions", partitions)
                    .log("topics have different numbers of partitions, expected the same");
        }
    }

    private String connected() {
        return "connected to %s".formatted(options.bootstrap());
    }

    private Properties settings() {
        var settings = new Properties();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "gpu-analytics-producer");
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                options.compression().name().toLowerCase(Locale.ROOT));
        settings.put(ProducerConfig.LINGER_MS_CONFIG, (int) options.linger().toMillis());
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, options.bufferBytes());
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, options.maxRecordBytes());
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        // an outage of Kafka is waited out, however long: 24 days is the most a client takes
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2000);
        settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 2000);
        return settings;
    }

    @Override
    public boolean publish(Event event, BooleanSupplier stopped) {
        var record = record(event);
        while (!stopped.getAsBoolean() && failure.get() == null) {
            if (isTaken(event, record)) {
                return true;
            }
        }
        return false;
    }

    /** Keyed by the GPU it is about, else by its identity; without a key where it has neither. */
    private ProducerRecord<byte[], byte[]> record(Event event) {
        var topic = options.topic(event.topic());
        var value = EventCodec.encode(event);
        var gpu = event.gpu();
        var key = gpu != null ? gpu.key() : EventId.of(event);
        return key == null
                ? new ProducerRecord<>(topic, value)
                : new ProducerRecord<>(topic, key.getBytes(UTF_8), value);
    }

    /** False when there was no room, or no answer about the topic, for {@link #MAX_BLOCK}. */
    private boolean isTaken(Event event, ProducerRecord<byte[], byte[]> record) {
        var open = producer;
        if (open == null) {
            throw new IllegalStateException("publish before awaitReady");
        }
        watch.sending(clock.instant());
        var delivery = new Delivery(event, record.value().length, Thread.currentThread());
        var _ = open.send(record, delivery);
        return !delivery.notTaken;
    }

    /**
     * What happens to one record; called by the client's own thread but for what it cannot take.
     */
    private final class Delivery implements Callback {

        private final Event event;
        private final int bytes;
        private final Thread publishing;
        private boolean notTaken;

        Delivery(Event event, int bytes, Thread publishing) {
            this.event = event;
            this.bytes = bytes;
            this.publishing = publishing;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception e) {
            if (e instanceof TimeoutException && Thread.currentThread().equals(publishing)) {
                notTaken = true;
                watch.notTaken();
                return;
            }
            switch (e) {
                case null -> acknowledged(event);
                case RecordTooLargeException _ -> tooLarge(event, bytes);
                case RecordBatchTooLargeException _ -> tooLarge(event, bytes);
                default -> fail(e);
            }
            watch.answered(clock.instant());
        }
    }

    private void acknowledged(Event event) {
        count(acknowledged, event.topic());
        if (event.topic() == EventTopic.TOKEN_USAGE) {
            promptTokens.addAndGet(orNone(event.get(TokenUsage.PROMPT_TOKENS)));
            completionTokens.addAndGet(orNone(event.get(TokenUsage.COMPLETION_TOKENS)));
        }
    }

    private static long orNone(@Nullable Long tokens) {
        return tokens == null ? 0 : tokens;
    }

    private void tooLarge(Event event, int bytes) {
        count(failed, event.topic());
        LOG.atError()
                .addKeyValue("topic", options.topic(event.topic()))
                .addKeyValue("bytes", bytes)
                .addKeyValue("event", EventId.of(event))
                .log("record is too large for Kafka, not published");
    }

    private void fail(Exception e) {
        if (failure.compareAndSet(null, e)) {
            state.down("Kafka refuses records: " + e.getMessage());
        }
    }

    private static void count(Map<EventTopic, AtomicLong> counts, EventTopic topic) {
        Objects.requireNonNull(counts.get(topic)).incrementAndGet();
    }

    private void noteOutage() {
        if (failure.get() != null) {
            return;
        }
        if (watch.isOutage(clock.instant())) {
            state.down("no acknowledgement from %s, events wait".formatted(options.bootstrap()));
        } else {
            state.up(connected());
        }
    }

    @Override
    public void awaitDelivered(BooleanSupplier stopped) {
        try {
            while (!stopped.getAsBoolean()
                    && failure.get() == null
                    && !watch.awaitNoneUnderWay(POLL)) {
                LOG.atDebug().addKeyValue("under_way", watch.underWay()).log("waiting for Kafka");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Delivered delivered() {
        return new Delivered(
                values(acknowledged),
                values(failed),
                watch.underWay(),
                promptTokens.get(),
                completionTokens.get());
    }

    private static Map<EventTopic, Long> values(Map<EventTopic, AtomicLong> counts) {
        var values = new EnumMap<EventTopic, Long>(EventTopic.class);
        counts.forEach((topic, count) -> values.put(topic, count.get()));
        return values;
    }

    /** Why nothing can be published any more, if so. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Whether Kafka takes events. */
    public PartHealth health() {
        return state.health();
    }

    @Override
    public void close() {
        outages.shutdownNow();
        var open = producer;
        if (open == null) {
            return;
        }
        open.close(options.flushTimeout());
        if (watch.underWay() > 0) {
            LOG.atWarn()
                    .addKeyValue("events", watch.underWay())
                    .addKeyValue("timeout", options.flushTimeout())
                    .log("events were not acknowledged before the time-out");
        }
    }
}
