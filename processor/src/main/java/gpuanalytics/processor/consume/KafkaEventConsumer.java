package gpuanalytics.processor.consume;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.ConsumeConfig.GroupProtocol;
import gpuanalytics.processor.consume.KafkaHealth.User;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the two topics as a member of the consumer group and commits what is done, never more.
 *
 * <p>One thread, the ingest thread, calls everything here except {@link #lags} and {@link #lag}.
 * Nothing here waits for the store; a broker that does not answer is waited for.
 */
public final class KafkaEventConsumer implements AutoCloseable {

    /** Told before partitions go to another member, on the ingest thread, inside {@link #poll}. */
    public interface Revocation {
        /** Returns when every record of these partitions is done, or the time is over. */
        void awaitCompleted(Collection<AssignedPartition> partitions, Duration timeout);
    }

    private static final Logger log = LoggerFactory.getLogger(KafkaEventConsumer.class);

    private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration REOPEN_WAIT = Duration.ofSeconds(1);
    private static final int FETCH_MAX_BYTES = 16 << 20;
    private static final int PARTITION_FETCH_BYTES = 2 << 20;

    private final ConsumeConfig config;
    private final BrokerWatch watch;
    private final ProcessorMetrics metrics;
    private final KafkaHealth health;
    private final Revocation revocation;

    private final Map<String, EventTopic> kinds = new HashMap<>();
    private final Map<TopicPartition, AssignedPartition> assigned = new ConcurrentHashMap<>();

    /** Assigned, but where to begin is still being looked up; paused until then. */
    private final Map<TopicPartition, StartLookup> starting = new HashMap<>();

    private @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean started;
    private boolean full;
    private boolean commitUnderWay;
    private boolean abandoned;
    private long lastCommitNanos = System.nanoTime();

    public KafkaEventConsumer(
            ConsumeConfig config,
            ProcessorMetrics metrics,
            KafkaHealth health,
            Revocation revocation) {
        this.config = config;
        this.metrics = metrics;
        this.health = health;
        this.revocation = revocation;
        config.topics().forEach((kind, topic) -> kinds.put(topic, kind));
        this.watch = new BrokerWatch(config, health, assigned::keySet);
    }

    /** The next records, in offset order within each partition; empty when none came in time. */
    public List<RawRecord> poll(Duration timeout) {
        try {
            var open = open();
            beginWhereKnown(open);
            restartChangedTopics(open);
            var records = toRecords(open.poll(timeout));
            health.works(User.CONSUMER);
            return records;
        } catch (OffsetOutOfRangeException e) {
            restartFrom(e.offsetOutOfRangePartitions());
        } catch (InvalidOffsetException e) {
            lookUp(e.partitions(), Map.of());
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            reopen(e);
        }
        return List.of();
    }

    /**
     * Stops or lets go on the fetching of records; {@link #poll} keeps the membership either way.
     */
    public void setFull(boolean nowFull) {
        if (nowFull == full || consumer == null) {
            full = nowFull;
            return;
        }
        full = nowFull;
        if (full) {
            consumer.pause(consumer.assignment());
            return;
        }
        consumer.resume(
                consumer.assignment().stream()
                        .filter(partition -> !starting.containsKey(partition))
                        .toList());
    }

    /** Commits what is done, at most once per commit interval, without waiting for the answer. */
    public void commitDue() {
        var now = System.nanoTime();
        if (consumer == null
                || commitUnderWay
                || now - lastCommitNanos < config.commitInterval().toNanos()) {
            return;
        }
        lastCommitNanos = now;
        var marks = uncommitted(assigned.values());
        if (marks.isEmpty()) {
            return;
        }
        commitUnderWay = true;
        try {
            consumer.commitAsync(offsets(marks), (offsets, failure) -> committed(marks, failure));
        } catch (KafkaException e) {
            committed(marks, e);
        }
    }

    private void committed(Map<AssignedPartition, Long> marks, @Nullable Exception failure) {
        commitUnderWay = false;
        if (failure == null) {
            marks.forEach(AssignedPartition::committed);
            return;
        }
        // A rebalance or a broker away: the marks stand and go out with the next commit.
        log.atDebug().setCause(failure).log("commit failed, it is repeated");
    }

    /** Commits what is done and waits for the answer, within a limit. */
    public void commitNow() {
        commitNow(assigned.values());
    }

    /** The partitions of this moment. */
    public Collection<AssignedPartition> assigned() {
        return List.copyOf(assigned.values());
    }

    /**
     * Records that are not done yet, over all partitions, as of about a second ago; negative while
     * it is not known.
     */
    public long lag() {
        var known = watch.ends().keySet();
        if (!started || !known.containsAll(assigned.keySet())) {
            return -1;
        }
        return lags().stream().mapToLong(ProcessorMetrics.Lag::records).sum();
    }

    /** Records that are not done yet, per partition, as of about a second ago. */
    public List<ProcessorMetrics.Lag> lags() {
        var ends = watch.ends();
        var lags = new ArrayList<ProcessorMetrics.Lag>();
        for (var partition : assigned.values()) {
            var end = ends.get(partition.partition());
            if (end != null) {
                lags.add(
                        new ProcessorMetrics.Lag(
                                partition.topic(),
                                partition.number(),
                                Math.max(0, end - partition.completed())));
            }
        }
        return lags;
    }

    /** Gives up without a commit, as if the process had been killed. */
    public void abandon() {
        abandoned = true;
    }

    /** Leaves the group. Commits nothing: {@link #commitNow} comes before. */
    @Override
    public void close() {
        watch.close();
        closeConsumer();
    }

    private KafkaConsumer<byte[], byte[]> open() {
        var open = consumer;
        if (open != null) {
            return open;
        }
        open = new KafkaConsumer<>(settings());
        consumer = open;
        open.subscribe(kinds.keySet(), new Listener());
        return open;
    }

    private Map<String, Object> settings() {
        var settings = new HashMap<String, Object>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.groupId());
        if (config.groupInstanceId() != null) {
            settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, config.groupInstanceId());
        }
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // Where to begin is decided here, so that no gap is passed silently.
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // What a producer took back never happened.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, config.maxPollRecords());
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_MAX_BYTES);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES);
        // A topic that is made later is noticed after this, not after 5 minutes.
        settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5000);
        settings.put(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                config.protocol().name().toLowerCase(java.util.Locale.ROOT));
        if (config.protocol() == GroupProtocol.CLASSIC) {
            settings.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    CooperativeStickyAssignor.class.getName());
        }
        return settings;
    }

    private void closeConsumer() {
        var open = consumer;
        if (open == null) {
            return;
        }
        try {
            open.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        } catch (KafkaException e) {
            log.atWarn().setCause(e).log("the consumer did not leave its group in time");
        }
        consumer = null;
        assigned.clear();
        starting.clear();
        commitUnderWay = false;
    }

    /** What the client does not mend itself is mended by a new client. */
    private void reopen(KafkaException failure) {
        health.fails(User.CONSUMER, "reading from Kafka failed: " + failure.getMessage());
        log.atWarn().setCause(failure).log("the consumer failed and is opened again");
        closeConsumer();
        LockSupport.parkNanos(REOPEN_WAIT.toNanos());
    }

    private List<RawRecord> toRecords(ConsumerRecords<byte[], byte[]> polled) {
        var records = new ArrayList<RawRecord>(polled.count());
        for (var partition : polled.partitions()) {
            var owner = assigned.get(partition);
            if (owner == null) {
                continue; // its start is not known yet; the seek to it brings these again
            }
            for (var record : polled.records(partition)) {
                records.add(new RawRecord(owner, record));
            }
        }
        return records;
    }

    private void beginWhereKnown(KafkaConsumer<byte[], byte[]> open) {
        for (var entry : List.copyOf(starting.entrySet())) {
            var partition = entry.getKey();
            var lookup = entry.getValue();
            if (!lookup.isDone()) {
                continue;
            }
            var start = lookup.startOf(partition);
            if (start == null) {
                lookUp(Set.of(partition), lookup.known());
                continue;
            }
            starting.remove(partition);
            begin(open, partition, start);
        }
    }

    private void begin(
            KafkaConsumer<byte[], byte[]> open, TopicPartition partition, PartitionStart start) {
        report(partition, start);
        started = true;
        var current = assigned.get(partition);
        if (current == null || !current.topicId().equals(start.topicId()) || start.pastEnd() > 0) {
            var kind = kinds.get(partition.topic());
            if (kind == null) {
                throw new IllegalStateException("assigned an unknown topic: " + partition);
            }
            assigned.put(
                    partition,
                    new AssignedPartition(partition, kind, start.topicId(), start.offset()));
        }
        open.seek(partition, start.offset());
        if (!full) {
            open.resume(Set.of(partition));
        }
        log.atInfo()
                .addKeyValue("partition", partition)
                .addKeyValue("offset", start.offset())
                .log("reading begins");
    }

    private void report(TopicPartition partition, PartitionStart start) {
        if (start.lost() > 0) {
            metrics.recordsLost(partition.topic(), start.lost());
            log.atError()
                    .addKeyValue("partition", partition)
                    .addKeyValue("records", start.lost())
                    .log("retention removed records before they were read");
        }
        if (start.pastEnd() > 0) {
            metrics.pastEnd(partition.topic(), start.pastEnd());
            log.atError()
                    .addKeyValue("partition", partition)
                    .addKeyValue("records", start.pastEnd())
                    .log("the committed offset is past the end: the broker has lost records");
        }
    }

    /** A topic deleted and made again is another topic: its offsets start again. */
    private void restartChangedTopics(KafkaConsumer<byte[], byte[]> open) {
        var ids = watch.topicIds();
        var changed = new ArrayList<TopicPartition>();
        for (var partition : assigned.values()) {
            var id = ids.get(partition.topic());
            if (id != null
                    && !id.equals(partition.topicId())
                    && !starting.containsKey(partition.partition())) {
                changed.add(partition.partition());
            }
        }
        if (changed.isEmpty()) {
            return;
        }
        log.atWarn().addKeyValue("partitions", changed).log("topic was deleted and made again");
        changed.forEach(assigned::remove);
        open.pause(changed);
        lookUp(changed, Map.of());
    }

    private void restartFrom(Map<TopicPartition, Long> positions) {
        var known = new HashMap<TopicPartition, StartLookup.Known>();
        positions.forEach(
                (partition, position) -> {
                    var owner = assigned.get(partition);
                    if (owner != null) {
                        known.put(partition, new StartLookup.Known(owner.topicId(), position));
                    }
                });
        if (consumer != null) {
            consumer.pause(positions.keySet());
        }
        lookUp(positions.keySet(), known);
    }

    private void lookUp(
            Collection<TopicPartition> partitions, Map<TopicPartition, StartLookup.Known> known) {
        var lookup = watch.lookUp(Set.copyOf(partitions), known);
        partitions.forEach(partition -> starting.put(partition, lookup));
    }

    private void commitNow(Collection<AssignedPartition> partitions) {
        var marks = uncommitted(partitions);
        if (consumer == null || marks.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets(marks), COMMIT_TIMEOUT);
            marks.forEach(AssignedPartition::committed);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            // Whoever reads these partitions next reads some records again; their guards hold.
            log.atWarn().setCause(e).log("commit failed; records are read again");
        }
    }

    private static Map<AssignedPartition, Long> uncommitted(
            Collection<AssignedPartition> partitions) {
        var marks = new HashMap<AssignedPartition, Long>();
        for (var partition : partitions) {
            if (partition.hasUncommitted()) {
                marks.put(partition, partition.completed());
            }
        }
        return marks;
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(
            Map<AssignedPartition, Long> marks) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        marks.forEach(
                (partition, next) ->
                        offsets.put(
                                partition.partition(),
                                // The topic's id beside the offset: after a delete and recreate
                                // the offset is known to be another topic's.
                                new OffsetAndMetadata(
                                        next, Optional.empty(), partition.topicId())));
        return offsets;
    }

    private final class Listener implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (partitions.isEmpty() || consumer == null) {
                return;
            }
            consumer.pause(partitions);
            // Any position will do until the lookup has the right one; without one, poll throws.
            partitions.forEach(partition -> consumer.seek(partition, 0));
            lookUp(partitions, Map.of());
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            var mine = partitions.stream().map(assigned::get).filter(p -> p != null).toList();
            if (!abandoned && !mine.isEmpty()) {
                revocation.awaitCompleted(mine, config.revokeTimeout());
                commitNow(mine);
            }
            drop(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            drop(partitions); // another member has them: no commit
        }

        private void drop(Collection<TopicPartition> partitions) {
            partitions.forEach(assigned::remove);
            partitions.forEach(starting::remove);
        }
    }
}
