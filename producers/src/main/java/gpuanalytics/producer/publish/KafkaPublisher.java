package gpuanalytics.producer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventKey;
import gpuanalytics.event.EventTopic;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import gpuanalytics.service.lifecycle.Periodic;
import gpuanalytics.service.retry.Backoff;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes to Kafka what several sources give, over one connection: each event once (idempotent
 * producer), acknowledged by all in-sync replicas, in order per key. While Kafka is away nothing is
 * dropped: events wait in bounded memory, then {@link EventPublisher#publish} waits. Any thread may
 * use it.
 *
 * <p>A record that Kafka refuses as too large is counted as failed and logged, and the next ones go
 * on. Any other refusal (not authorised, for example) concerns all records and is a {@link
 * #failure}.
 */
public final class KafkaPublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaPublisher.class);

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Backoff BACKOFF = new Backoff(POLL, Duration.ofSeconds(2));

    /** How long one attempt to hand a record over waits before it looks whether to stop. */
    private static final Duration MAX_BLOCK = Duration.ofSeconds(1);

    private static final Duration KEPT_KNOWN = Duration.ofDays(365);

    private static final int BATCH_BYTES = 128 * 1024;

    private final KafkaOptions options;
    private final Clock clock;
    private final MeterRegistry meters;
    private final PartHealth health;
    private final List<OutageWatch> watches = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile @Nullable Producer<byte[], byte[]> producer;
    private volatile boolean isLost;
    private @Nullable Periodic outageWatch;
    private boolean closed;

    public KafkaPublisher(KafkaOptions options, Clock clock, MeterRegistry meters) {
        this.options = options;
        this.clock = clock;
        this.meters = meters;
        this.health =
                new PartHealth(
                        "kafka", "not yet connected to %s".formatted(options.bootstrap()), clock);
    }

    /**
     * What a source publishes with.
     *
     * @param source its name, a tag of the metrics
     */
    public EventPublisher forSource(String source) {
        return new SourcePublisher(this, source, clock, newWatch(), meters);
    }

    /** What a door publishes with. */
    public DoorPublisher forDoor(String door) {
        return new DoorPublisher(this, door, clock, newWatch());
    }

    private OutageWatch newWatch() {
        var watch = new OutageWatch(options.outageAfter());
        watches.add(watch);
        return watch;
    }

    String name(EventTopic topic) {
        return options.topic(topic);
    }

    String deadLetters() {
        return options.deadLetters();
    }

    int maxRecordBytes() {
        return options.maxRecordBytes();
    }

    /** The topics of events. */
    Set<String> eventTopics() {
        return new TreeSet<>(options.topics().values());
    }

    /**
     * Waits until Kafka has these topics and has told where they are: who is ready can send at
     * once, and no request that comes first is refused because the answer takes longer than it may
     * wait.
     *
     * @return whether it has; false when stopped before
     */
    boolean awaitReady(Set<String> topics, BooleanSupplier stopped) {
        try {
            for (int attempt = 1; !stopped.getAsBoolean(); attempt++) {
                switch (TopicCheck.ask(options.bootstrap(), topics)) {
                    case TopicCheck.Answer.Absent absent -> noteAbsent(absent.problem());
                    case TopicCheck.Answer.Present present -> {
                        var open = open(present.partitions());
                        if (open == null || isKnown(topics, open)) {
                            return open != null;
                        }
                    }
                }
                Thread.sleep(BACKOFF.pauseAfter(attempt, ThreadLocalRandom.current()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** Where others publish already, the topic that is missing is not theirs. */
    private synchronized void noteAbsent(String problem) {
        if (producer == null) {
            health.down(problem);
        }
    }

    private static boolean isKnown(Set<String> topics, Producer<byte[], byte[]> open) {
        try {
            topics.forEach(open::partitionsFor);
            return true;
        } catch (TimeoutException | InterruptException e) {
            LOG.atDebug().setCause(e).log("Kafka has not told yet where the topics are");
            return false;
        } catch (KafkaException e) {
            LOG.atDebug().setCause(e).log("left to the first record, whose refusal is told");
            return true;
        }
    }

    /** Connects, once for all sources; null where it is closed. */
    private synchronized @Nullable Producer<byte[], byte[]> open(Map<String, Integer> partitions) {
        if (closed) {
            return null;
        }
        if (producer == null) {
            warnOfUnequalPartitions(partitions);
            var opened = new KafkaProducer<byte[], byte[]>(settings());
            producer = opened;
            noteOutage();
            outageWatch = new Periodic("kafka-outage-watch", POLL, () -> look(opened));
        }
        return producer;
    }

    /** One GPU's samples and usages meet in the same partition number only if these are equal. */
    private void warnOfUnequalPartitions(Map<String, Integer> partitions) {
        var ofEvents = new HashMap<>(partitions);
        ofEvents.keySet().retainAll(eventTopics());
        if (ofEvents.values().stream().distinct().count() > 1) {
            LOG.atWarn()
                    .addKeyValue("partitions", ofEvents)
                    .log("topics have different numbers of partitions, expected the same");
        }
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
        // a topic that nothing was sent to for a while, that of dead letters, is not asked for anew
        settings.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, KEPT_KNOWN.toMillis());
        // A partition that is new, or whose log has forgotten us, takes whatever comes first: were
        // the first request refused and the second taken, the first would be out of order for ever.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        // an outage of Kafka is waited out, however long: 24 days is the most a client takes
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 2000);
        settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 2000);
        return settings;
    }

    /** The record of an event, see {@link #record(Event, List)}. */
    ProducerRecord<byte[], byte[]> record(Event event) {
        return record(event, List.of());
    }

    /**
     * The record of an event: keyed by its GPU, else by its identity, else without a key.
     *
     * @param refused the readings that it lacks
     */
    ProducerRecord<byte[], byte[]> record(Event event, List<Refusal> refused) {
        var key = EventKey.of(event);
        return new ProducerRecord<>(
                name(event.topic()),
                key == null ? null : key.getBytes(UTF_8),
                EventCodec.encode(event, refused));
    }

    /** Hands a record over; waits for room for at most {@link #MAX_BLOCK}. */
    void send(ProducerRecord<byte[], byte[]> record, Callback delivery) {
        var open = producer;
        if (open == null) {
            throw new IllegalStateException("publish before awaitReady");
        }
        var _ = open.send(record, delivery);
    }

    void fail(Exception e) {
        if (failure.compareAndSet(null, e)) {
            health.down("Kafka refuses records: " + e.getMessage());
        }
    }

    /**
     * A client that reaches no broker begins anew, and forgets where the topics are: no record is
     * handed over any more whose acknowledgement could be missed.
     */
    private void look(Producer<byte[], byte[]> open) {
        isLost = !isKnown(eventTopics(), open);
        noteOutage();
    }

    private void noteOutage() {
        if (failure.get() != null) {
            return;
        }
        if (isOutage()) {
            health.down("no acknowledgement from %s, events wait".formatted(options.bootstrap()));
        } else {
            health.up("connected to %s".formatted(options.bootstrap()));
        }
    }

    private boolean isOutage() {
        var now = clock.instant();
        return isLost || watches.stream().anyMatch(watch -> watch.isOutage(now));
    }

    /** Why nothing should be handed over at present, if so. */
    Optional<String> unavailable() {
        if (producer == null) {
            return Optional.of(health.report().detail());
        }
        return failure()
                .map(cause -> "Kafka refuses records: " + cause.getMessage())
                .or(
                        () ->
                                isOutage()
                                        ? Optional.of("Kafka does not acknowledge at present")
                                        : Optional.empty());
    }

    /** Why nothing can be published any more, if so. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** Whether Kafka takes events. */
    public HealthReport.Part health() {
        return health.report();
    }

    /** Closes; events under way have a limited time to be acknowledged. */
    @Override
    public synchronized void close() {
        closed = true;
        var open = producer;
        if (open == null) {
            return;
        }
        if (outageWatch != null) {
            outageWatch.close();
        }
        open.close(options.flushTimeout());
        long underWay = watches.stream().mapToLong(OutageWatch::underWay).sum();
        if (underWay > 0) {
            LOG.atWarn()
                    .addKeyValue("events", underWay)
                    .addKeyValue("timeout", options.flushTimeout())
                    .log("events were not acknowledged before the time-out");
        }
    }
}
