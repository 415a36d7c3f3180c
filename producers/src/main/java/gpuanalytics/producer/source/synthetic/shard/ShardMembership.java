package gpuanalytics.producer.source.synthetic.shard;

import gpuanalytics.producer.publish.TopicCheck;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
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
    private final PartHealth health;
    private final HeldShards held;
    private final RateLog rateLog;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean waitingForKafka;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * @param onChange told after each change of the share, on the membership's thread
     */
    public ShardMembership(ShardOptions options, Clock clock, Runnable onChange) {
        this.options = options;
        this.health =
                new PartHealth(
                        "shards", "not yet a member of group %s".formatted(options.group()), clock);
        this.held = new HeldShards(options.configuredRate(), onChange);
        this.rateLog = new RateLog(options, CHANGE_TIMEOUT);
        this.thread = Thread.ofPlatform().name("producer-shards").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** The shards to run. Who asks has handed over every event of the shards held before. */
    @Override
    public ShardShare get() {
        return held.take();
    }

    /** The shards held, for those who only look. */
    public ShardShare share() {
        return held.share();
    }

    /** The deployment's rate as far as this replica knows it, in events per second. */
    public double rate() {
        return held.rate();
    }

    /** Whether this replica knows its shards. */
    public HealthReport.Part health() {
        return health.report();
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
            health.down("no member of group %s: %s".formatted(options.group(), e.getMessage()));
            held.pause(RETRY);
        } finally {
            held.allDropped();
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
                    held.divided(present.partitions().getOrDefault(options.topic(), 0));
                    return true;
                }
                case TopicCheck.Answer.Absent absent -> health.down(absent.problem());
            }
            held.pause(RETRY);
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
                    held.divided(open.partitionsFor(options.topic(), POLL).size());
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
            held.assigned(numbers(partitions));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            held.dropped(numbers(partitions));
            awaitHandOver();
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            held.dropped(numbers(partitions));
        }

        private static List<Integer> numbers(Collection<TopicPartition> partitions) {
            return partitions.stream().map(TopicPartition::partition).toList();
        }
    }

    private void awaitHandOver() {
        try {
            if (!held.awaitTaken(options.handOver())) {
                LOG.warn("shards are given up before all of their events were handed over");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void noteRate(ConsumerRecord<byte[], byte[]> record) {
        RateRecord.parse(record.value())
                .filter(change -> change.configured() == options.configuredRate())
                .ifPresent(change -> held.rate(record.partition(), change.rate()));
    }

    private void noteMembership(Consumer<?, ?> member) {
        if (member.groupMetadata().generationId() > 0) {
            var share = share();
            health.up("%d of %d shards".formatted(share.rates().size(), share.shards()));
        }
    }

    /**
     * Changes the rate of the whole deployment: every replica with the same configured rate
     * follows. Returns when this replica follows, so that who asks next sees it.
     *
     * @throws IOException if not every shard could be told; the change may then hold for some
     */
    public void changeRate(double eventsPerSecond) throws IOException, InterruptedException {
        int shards = share().shards();
        if (shards == 0) {
            throw new IOException("the shards are not known yet: " + health().detail());
        }
        rateLog.write(shards, eventsPerSecond);
        var _ = held.awaitRate(eventsPerSecond, CHANGE_TIMEOUT);
    }

    /** Begins to leave the group: its shards move to the other replicas. */
    public void leave() {
        closed = true;
        held.close();
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
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(CLOSE_TIMEOUT.plus(RETRY))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
