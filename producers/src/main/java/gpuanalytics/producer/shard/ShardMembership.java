package gpuanalytics.producer.shard;

import gpuanalytics.producer.health.PartHealth;
import gpuanalytics.producer.health.PartState;
import gpuanalytics.producer.publish.TopicCheck;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This replica's membership in the group that shares the fleet: the partitions of the shards topic
 * that Kafka assigns to it are the shards it runs. A shard is given up only after its last events
 * were handed over to the publisher. The partitions also carry live changes of the rate, so that
 * all replicas follow one.
 */
public final class ShardMembership implements Supplier<ShardShare>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ShardMembership.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration REFRESH = Duration.ofMinutes(1);
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final ShardOptions options;
    private final Runnable onChange;
    private final PartState state;
    private final Thread thread;
    private final Object lock = new Object();
    private volatile boolean closed;
    private volatile boolean waitingForKafka;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    // guarded by lock
    private final Map<Integer, Double> rates = new HashMap<>();
    private int shards;
    private ShardShare share = ShardShare.NONE;
    private long version;
    private long versionRead;

    /**
     * @param onChange told after each change of the share, on the membership's thread
     */
    public ShardMembership(ShardOptions options, Clock clock, Runnable onChange) {
        this.options = options;
        this.onChange = onChange;
        this.state =
                new PartState(
                        "shards",
                        "not yet a member of group %s".formatted(options.group()),
                        clock,
                        LOG);
        this.thread = Thread.ofPlatform().name("producer-shards").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** The shards to run. Who asks has handed over every event of the shards held before. */
    @Override
    public ShardShare get() {
        synchronized (lock) {
            versionRead = version;
            lock.notifyAll();
            return share;
        }
    }

    /** The shards held, for those who only look. */
    public ShardShare share() {
        synchronized (lock) {
            return share;
        }
    }

    /** The deployment's rate as far as this replica knows it, in events per second. */
    public double rate() {
        synchronized (lock) {
            return rates.values().stream().findAny().orElse(options.configuredRate());
        }
    }

    /** Whether this replica knows its shards. */
    public PartHealth health() {
        return state.health();
    }

    private void run() {
        try {
            while (!closed) {
                joinOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void joinOnce() throws InterruptedException {
        try {
            if (isTopicThere()) {
                beMember();
            }
        } catch (WakeupException ignored) {
            // closed
        } catch (KafkaException e) {
            state.down("no member of group %s: %s".formatted(options.group(), e.getMessage()));
            pause();
        } finally {
            drop(List.copyOf(share().rates().keySet()));
        }
    }

    /** Before the next attempt; ends at once when closed. */
    private void pause() throws InterruptedException {
        long end = System.nanoTime() + RETRY.toNanos();
        synchronized (lock) {
            for (long left = RETRY.toMillis();
                    left > 0 && !closed;
                    left = (end - System.nanoTime()) / 1_000_000) {
                lock.wait(left);
            }
        }
    }

    private boolean isTopicThere() throws InterruptedException {
        waitingForKafka = true;
        try {
            return awaitTopic();
        } finally {
            waitingForKafka = false;
        }
    }

    private boolean awaitTopic() throws InterruptedException {
        while (!closed) {
            switch (TopicCheck.ask(options.bootstrap(), List.of(options.topic()))) {
                case TopicCheck.Answer.Present present -> {
                    noteShards(present.partitions().getOrDefault(options.topic(), 0));
                    return true;
                }
                case TopicCheck.Answer.Absent absent -> state.down(absent.problem());
            }
            pause();
        }
        return false;
    }

    private void beMember() {
        var open = new KafkaConsumer<byte[], byte[]>(settings());
        try {
            consumer = open;
            open.subscribe(List.of(options.topic()), new Moves());
            long refreshed = System.nanoTime();
            while (!closed) {
                for (var record : open.poll(POLL)) {
                    noteRate(record);
                }
                noteMembership(open);
                if (System.nanoTime() - refreshed > REFRESH.toNanos()) {
                    refreshed = System.nanoTime();
                    noteShards(open.partitionsFor(options.topic(), POLL).size());
                }
            }
        } finally {
            open.close(CloseOptions.timeout(CLOSE_TIMEOUT));
            consumer = null;
        }
    }

    private Map<String, Object> settings() {
        return Map.ofEntries(
                Map.entry(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap()),
                Map.entry(ConsumerConfig.CLIENT_ID_CONFIG, "gpu-analytics-producer-shards"),
                Map.entry(ConsumerConfig.GROUP_ID_CONFIG, options.group()),
                // only the shards that move are revoked, and equal ranges hold about as many GPUs
                Map.entry(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer"),
                Map.entry(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range"),
                Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
                // nothing is committed: a new owner of a shard reads the last change of the rate
                Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                Map.entry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false),
                Map.entry(
                        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class),
                Map.entry(
                        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                        ByteArrayDeserializer.class));
    }

    /** Shards come and go. */
    private final class Moves implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            synchronized (lock) {
                for (var partition : partitions) {
                    rates.put(partition.partition(), options.configuredRate());
                    shards = Math.max(shards, partition.partition() + 1);
                }
                changed();
            }
            onChange.run();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            drop(partitions.stream().map(TopicPartition::partition).toList());
            awaitHandOver();
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            drop(partitions.stream().map(TopicPartition::partition).toList());
        }
    }

    private void drop(Collection<Integer> given) {
        if (given.isEmpty()) {
            return;
        }
        synchronized (lock) {
            rates.keySet().removeAll(given);
            changed();
        }
        onChange.run();
    }

    /** The next owner of a shard starts when this one has stopped. */
    private void awaitHandOver() {
        long deadline = System.nanoTime() + options.handOver().toNanos();
        synchronized (lock) {
            // nobody has ever asked: nothing runs
            while (versionRead > 0 && versionRead < version && !closed) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    LOG.warn("shards are given up before all of their events were handed over");
                    return;
                }
                try {
                    lock.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private void noteShards(int partitions) {
        synchronized (lock) {
            if (partitions == 0 || partitions == shards) {
                return;
            }
            shards = partitions;
            changed();
        }
        onChange.run();
    }

    private void noteRate(ConsumerRecord<byte[], byte[]> record) {
        var change = RateRecord.parse(record.value());
        if (change.isEmpty() || change.get().configured() != options.configuredRate()) {
            return;
        }
        synchronized (lock) {
            if (rates.replace(record.partition(), change.get().rate()) == null) {
                return;
            }
            changed();
        }
        onChange.run();
    }

    private void changed() {
        share = new ShardShare(shards, rates);
        version++;
        lock.notifyAll();
    }

    private void noteMembership(Consumer<?, ?> member) {
        if (member.groupMetadata().generationId() <= 0) {
            return;
        }
        var held = share();
        state.up("%d of %d shards".formatted(held.rates().size(), held.shards()));
    }

    /**
     * Changes the rate of the whole deployment: every replica with the same configured rate
     * follows.
     *
     * @throws IOException if not every shard could be told; the change may then hold for some
     */
    public void changeRate(double eventsPerSecond) throws IOException, InterruptedException {
        int count = share().shards();
        if (count == 0) {
            throw new IOException("the shards are not known yet: " + health().detail());
        }
        var record = new RateRecord(eventsPerSecond, options.configuredRate()).bytes();
        try (var producer = new KafkaProducer<byte[], byte[]>(producerSettings())) {
            var told = new ArrayList<Future<RecordMetadata>>();
            for (int shard = 0; shard < count; shard++) {
                told.add(
                        producer.send(
                                new ProducerRecord<>(
                                        options.topic(), shard, RateRecord.KEY, record)));
            }
            for (var one : told) {
                one.get(CHANGE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new IOException(
                    "not every shard could be told the rate: no answer from " + options.bootstrap(),
                    e);
        }
        awaitRate(eventsPerSecond);
    }

    private Map<String, Object> producerSettings() {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                options.bootstrap(),
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                CHANGE_TIMEOUT.toMillis() / 2,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                (int) CHANGE_TIMEOUT.toMillis() / 2,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) CHANGE_TIMEOUT.toMillis(),
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class);
    }

    /** Until this replica itself follows the change, so that who asks next sees it. */
    private void awaitRate(double eventsPerSecond) throws InterruptedException {
        long deadline = System.nanoTime() + CHANGE_TIMEOUT.toNanos();
        synchronized (lock) {
            while (rates.values().stream().anyMatch(rate -> rate != eventsPerSecond)
                    && !closed
                    && System.nanoTime() < deadline) {
                lock.wait(POLL.toMillis());
            }
        }
    }

    /** Begins to leave the group: its shards move to the other replicas. */
    public void leave() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        var open = consumer;
        if (open != null) {
            open.wakeup();
        } else if (waitingForKafka) {
            // an answer may take its whole time-out
            thread.interrupt();
        }
    }

    /** Leaves the group and waits, for a short time, until it has left. */
    @Override
    public void close() {
        leave();
        try {
            if (!thread.join(CLOSE_TIMEOUT.plus(RETRY))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
