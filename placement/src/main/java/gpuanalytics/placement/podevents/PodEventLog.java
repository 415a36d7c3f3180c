package gpuanalytics.placement.podevents;

import gpuanalytics.service.health.PartHealth;
import gpuanalytics.service.retry.Backoff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The topic of what happened to pods: all of it is read once, and then what happens is written, in
 * its order and each event until Kafka has it. Any thread may append.
 */
public final class PodEventLog implements AutoCloseable {

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    private final PodEventsConfig config;
    private final Consumer<PodEvent> reader;
    private final PodObserver observer;
    private final PartHealth health;
    private final Clock clock;
    private final LinkedBlockingDeque<PodEvent> unsent;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Begins to read.
     *
     * @param history gets every event that the topic has
     * @param observer begins once all of them were read, and tells what is to be written
     */
    public static PodEventLog start(
            PodEventsConfig config,
            PodHistory history,
            PodObserver observer,
            PartHealth health,
            Clock clock) {
        var log = new PodEventLog(config, history::add, observer, health, clock);
        log.thread.start();
        return log;
    }

    private PodEventLog(
            PodEventsConfig config,
            Consumer<PodEvent> reader,
            PodObserver observer,
            PartHealth health,
            Clock clock) {
        this.config = config;
        this.reader = reader;
        this.observer = observer;
        this.health = health;
        this.clock = clock;
        unsent = new LinkedBlockingDeque<>(config.maxUnsent());
        thread = Thread.ofPlatform().name("pod-events").daemon().unstarted(this::run);
    }

    /** Takes an event to be written. */
    void append(PodEvent event) {
        while (!unsent.offerLast(event)) {
            var _ = unsent.pollFirst();
            health.down("Kafka is away, and events of pods are given up");
        }
    }

    private void run() {
        try {
            if (again("read", this::readAll)) {
                observer.begin(this::append);
                var _ = again("written", this::writeAll);
            }
        } catch (InterruptedException | InterruptException e) {
            // closed
            health.stopping();
        }
    }

    /** Something that ends, or fails because Kafka is away. */
    private interface Work {
        void run() throws InterruptedException;
    }

    private boolean again(String what, Work work) throws InterruptedException {
        for (int attempt = 1; !closed; attempt++) {
            try {
                work.run();
                return true;
            } catch (InterruptException e) {
                throw e;
            } catch (KafkaException e) {
                health.down(
                        "events of pods are not %s: %s"
                                .formatted(
                                        what,
                                        String.valueOf(e.getMessage())
                                                .lines()
                                                .findFirst()
                                                .orElse("")));
                Thread.sleep(BACKOFF.pauseAfter(attempt, RandomGenerator.getDefault()));
            }
        }
        return false;
    }

    private Map<String, Object> options() {
        return Map.of("bootstrap.servers", config.bootstrap(), "client.id", "placement");
    }

    /** Reads what lies between the oldest event that counts and the end as it is now. */
    private void readAll() {
        var options = new HashMap<>(options());
        options.put("enable.auto.commit", "false");
        options.put("isolation.level", "read_committed");
        try (var consumer =
                new KafkaConsumer<>(
                        options, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions =
                    consumer.partitionsFor(config.topic()).stream()
                            .map(each -> new TopicPartition(each.topic(), each.partition()))
                            .toList();
            consumer.assign(partitions);
            seek(consumer);
            var ends = consumer.endOffsets(partitions);
            while (!closed
                    && partitions.stream()
                            .anyMatch(
                                    each ->
                                            consumer.position(each)
                                                    < ends.getOrDefault(each, 0L))) {
                for (var record : consumer.poll(POLL)) {
                    PodEvent.parse(Optional.ofNullable(record.value()).orElse(new byte[0]))
                            .ifPresent(reader);
                }
            }
        }
    }

    private void seek(KafkaConsumer<String, byte[]> consumer) {
        Instant oldest = clock.instant().minus(config.retention());
        var asked = new HashMap<TopicPartition, Long>();
        consumer.assignment().forEach(each -> asked.put(each, oldest.toEpochMilli()));
        consumer.seekToBeginning(consumer.assignment());
        consumer.offsetsForTimes(asked)
                .forEach(
                        (partition, found) -> {
                            if (found != null) {
                                consumer.seek(partition, found.offset());
                            }
                        });
    }

    /** Writes what is appended, one after the other, until it is closed. */
    private void writeAll() throws InterruptedException {
        var options = new HashMap<>(options());
        options.put("acks", "all");
        options.put("delivery.timeout.ms", "30000");
        options.put("request.timeout.ms", "10000");
        options.put("max.block.ms", "10000");
        var producer =
                new KafkaProducer<>(options, new StringSerializer(), new ByteArraySerializer());
        try {
            health.up("events of pods are read and written");
            while (!closed || !unsent.isEmpty()) {
                var event = unsent.pollFirst(POLL.toMillis(), TimeUnit.MILLISECONDS);
                if (event != null) {
                    write(producer, event);
                }
            }
        } finally {
            producer.close(CLOSE);
        }
    }

    private void write(KafkaProducer<String, byte[]> producer, PodEvent event)
            throws InterruptedException {
        try {
            producer.send(new ProducerRecord<>(config.topic(), event.uid(), event.json())).get();
            health.up("events of pods are read and written");
        } catch (ExecutionException e) {
            giveBack(event);
            throw new KafkaException(String.valueOf(e.getCause()), e);
        } catch (KafkaException e) {
            giveBack(event);
            throw e;
        }
    }

    /** It is the next one again, unless there are newer ones than there is room for. */
    private void giveBack(PodEvent event) {
        var _ = unsent.offerFirst(event);
    }

    /** Writes what is left, for a while. */
    @Override
    public void close() {
        closed = true;
        try {
            if (!thread.join(CLOSE)) {
                thread.interrupt();
                thread.join(CLOSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
