package gpuanalytics.processor.consume;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.KafkaHealth.User;
import gpuanalytics.processor.consume.PartitionState.Reading;
import gpuanalytics.processor.consume.TopicIdentity.TopicMadeAgainException;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the two topics as a member of the consumer group and commits what is done, never more.
 *
 * <p>One thread, the ingest thread, calls everything here. Other threads may call {@link
 * #assigned}, {@link #lag}, {@link #lags} and {@link #takeSaturated}, and {@link #close} when the
 * ingest thread has ended. Nothing here waits for the store; a broker that does not answer is
 * waited for.
 */
public final class KafkaEventConsumer implements AutoCloseable {

    /** Told before partitions go to another member, on the ingest thread, inside {@link #poll}. */
    public interface Revocation {
        /** Returns when every record of these partitions is done, or the time is over. */
        void awaitCompleted(Collection<AssignedPartition> partitions, Duration timeout);
    }

    private enum Ending {
        NOT_YET,
        /** As if the process had been killed. */
        ABANDONED,
        /** What is done is committed already. */
        CLOSING
    }

    private static final Logger log = LoggerFactory.getLogger(KafkaEventConsumer.class);

    private static final Duration REOPEN_WAIT = Duration.ofSeconds(1);

    private final ConsumeConfig config;
    private final KafkaHealth health;
    private final Revocation revocation;

    private final PartitionTable table = new PartitionTable();
    private final Lags lags = new Lags(table);
    private final Saturation saturation = new Saturation();
    private final Commits commits;
    private final BrokerWatch watch;
    private final TopicIdentity identity;
    private final PartitionStarts starts;

    private @Nullable GroupClient client;
    private Ending ending = Ending.NOT_YET;

    public KafkaEventConsumer(
            ConsumeConfig config,
            ProcessorMetrics metrics,
            KafkaHealth health,
            Revocation revocation) {
        this.config = config;
        this.health = health;
        this.revocation = revocation;
        this.commits = new Commits(config.commitInterval());
        this.watch = new BrokerWatch(config, health, table::partitions);
        this.identity = new TopicIdentity(watch);
        var kinds = new HashMap<String, EventTopic>();
        config.topics().forEach((kind, topic) -> kinds.put(topic, kind));
        this.starts = new PartitionStarts(kinds, table, watch, metrics);
    }

    /** The next records, in offset order within each partition; empty when none came in time. */
    public List<RawRecord> poll(Duration timeout) {
        try {
            return poll(open(), timeout);
        } catch (TopicMadeAgainException e) {
            reopen(e.getMessage());
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            failed(e);
        }
        return List.of();
    }

    private List<RawRecord> poll(GroupClient open, Duration timeout) {
        try {
            starts.beginWhereKnown(open, saturation.isFull());
            identity.requireUnchanged(table.assignments());
            return polled(open, timeout);
        } catch (LogTruncationException e) {
            starts.restart(open, e);
        } catch (OffsetOutOfRangeException e) {
            starts.restart(open, e.offsetOutOfRangePartitions().keySet());
        } catch (InvalidOffsetException e) {
            starts.start(open, e.partitions());
        }
        return List.of();
    }

    /**
     * Stops or lets go on the fetching of records; {@link #poll} keeps the membership either way.
     */
    public void setFull(boolean nowFull) {
        if (!saturation.set(nowFull) || client == null) {
            return;
        }
        if (nowFull) {
            client.pauseAll();
        } else {
            client.resume(table.readable());
        }
    }

    /** Commits what is done, at most once per commit interval, without waiting for the answer. */
    public void commitDue() {
        if (client != null) {
            commits.due(client, table.assignments());
        }
    }

    /** Commits what is done and waits for the answer, within a limit. */
    public void commitNow() {
        if (client != null) {
            commits.now(client, table.assignments());
        }
    }

    /** The partitions of this moment whose start is known. Any thread. */
    public Collection<AssignedPartition> assigned() {
        return table.assignments().stream().map(Assignment::current).toList();
    }

    /**
     * Records that are not done yet, over all partitions, as of about a second ago; negative while
     * it is not known. Any thread.
     */
    public long lag() {
        return lags.total(watch.ends());
    }

    /** Records that are not done yet, per partition, as of about a second ago. Any thread. */
    public List<ProcessorMetrics.Lag> lags() {
        return lags.perPartition(watch.ends());
    }

    /** Whether fetching was stopped at any time since this was last asked. Any thread. */
    public boolean takeSaturated() {
        return saturation.take();
    }

    /** Gives up without a commit, as if the process had been killed. */
    public void abandon() {
        ending = Ending.ABANDONED;
    }

    /** Leaves the group. Commits nothing: {@link #commitNow} comes before. */
    @Override
    public void close() {
        if (ending == Ending.NOT_YET) {
            ending = Ending.CLOSING;
        }
        watch.close();
        closeClient();
    }

    private GroupClient open() {
        var open = client;
        if (open == null) {
            open = new GroupClient(config, new Listener());
            client = open;
        }
        return open;
    }

    private void closeClient() {
        if (client == null) {
            return;
        }
        client.close();
        client = null;
        table.clear();
        commits.forget();
    }

    /** What the client does not mend itself is mended by a new client. */
    private void failed(KafkaException failure) {
        health.fails(User.CONSUMER, "reading from Kafka failed: " + failure.getMessage());
        log.atWarn().setCause(failure).log("the consumer failed and is opened again");
        closeClient();
        LockSupport.parkNanos(REOPEN_WAIT.toNanos());
    }

    /** A new client holds nothing that the old one fetched. */
    private void reopen(@Nullable String why) {
        log.atWarn().log("the consumer is opened again: {}", why);
        closeClient();
    }

    /**
     * Asks the client. While some partitions are paused it is asked without a wait and the wait is
     * done here: a client that waits with records of paused partitions in its buffer spins.
     */
    private List<RawRecord> polled(GroupClient open, Duration timeout) {
        var pausing = saturation.isFull() || !table.allRead();
        var polled = open.poll(pausing ? Duration.ZERO : timeout);
        health.works(User.CONSUMER);
        var records = handOn(open, polled);
        if (pausing && records.isEmpty()) {
            LockSupport.parkNanos(timeout.toNanos());
        }
        return records;
    }

    private List<RawRecord> handOn(
            GroupClient open, ConsumerRecords<ByteBuffer, ByteBuffer> polled) {
        var moved = polled.nextOffsets();
        confirm(open, moved.keySet());
        var records = new ArrayList<RawRecord>(polled.count());
        moved.forEach(
                (partition, next) -> {
                    // Not read (yet): the seek to its start brings these again.
                    var reading = table.reading(partition);
                    if (reading != null) {
                        records.addAll(
                                reading.assignment()
                                        .handOn(polled.records(partition), Mark.of(next)));
                    }
                });
        return records;
    }

    /**
     * Makes sure that what was just polled is of the topics it is taken for: where the client has
     * learnt of the cluster since the last time, the broker is asked. Where it does not answer, the
     * partition goes back to before what was polled.
     */
    private void confirm(GroupClient open, Set<TopicPartition> partitions) {
        var version = open.metadataVersion();
        var unsure = new HashMap<TopicPartition, Reading>();
        for (var partition : partitions) {
            var reading = table.reading(partition);
            if (reading != null && reading.metadataVersion() != version) {
                unsure.put(partition, reading);
            }
        }
        if (unsure.isEmpty()) {
            return;
        }
        if (identity.confirm(unsure.values().stream().map(Reading::assignment).toList())) {
            unsure.forEach(
                    (partition, reading) -> table.put(partition, reading.confirmed(version)));
        } else {
            starts.restart(open, unsure.keySet());
        }
    }

    private final class Listener implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty() && client != null) {
                starts.start(client, partitions);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            var mine = table.assignments(partitions);
            if (ending == Ending.NOT_YET && !mine.isEmpty() && client != null) {
                revocation.awaitCompleted(
                        mine.stream().map(Assignment::current).toList(), config.revokeTimeout());
                commits.now(client, mine);
            }
            table.remove(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            table.remove(partitions); // another member has them: no commit
        }
    }
}
