package gpuanalytics.processor.consume;

import gpuanalytics.processor.consume.StartLookup.Known;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Asks the broker about topics and offsets. Blocks, within a limit; for threads that may. */
final class BrokerLookup {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Admin admin;
    private final String groupId;

    BrokerLookup(Admin admin, String groupId) {
        this.admin = admin;
        this.groupId = groupId;
    }

    /** The topics among these that exist, by name. */
    Map<String, TopicDescription> topics(Collection<String> names) throws InterruptedException {
        var found = new HashMap<String, TopicDescription>();
        for (var asked : admin.describeTopics(names).topicNameValues().entrySet()) {
            var description = getIfExists(asked.getValue());
            if (description != null) {
                found.put(asked.getKey(), description);
            }
        }
        return found;
    }

    /** The ids of topics, by name. */
    static Map<String, String> ids(Map<String, TopicDescription> topics) {
        var ids = new HashMap<String, String>();
        topics.forEach((name, topic) -> ids.put(name, topic.topicId().toString()));
        return ids;
    }

    /**
     * The partitions among these that have a leader. Nobody answers for one without: to ask would
     * hold up the answers about all others, for as long as there is none.
     */
    static List<TopicPartition> led(
            Collection<TopicPartition> partitions, Map<String, TopicDescription> topics) {
        var led = new HashSet<TopicPartition>();
        topics.forEach(
                (name, topic) -> {
                    for (var partition : topic.partitions()) {
                        var leader = partition.leader();
                        if (leader != null && !leader.isEmpty()) {
                            led.add(new TopicPartition(name, partition.partition()));
                        }
                    }
                });
        return partitions.stream().filter(led::contains).toList();
    }

    /**
     * Where reading of each of these partitions begins; those of missing topics and those without a
     * leader are left out.
     */
    Map<TopicPartition, PartitionStart> starts(
            Collection<TopicPartition> partitions, Map<TopicPartition, Known> known)
            throws InterruptedException {
        var topics = topics(partitions.stream().map(TopicPartition::topic).distinct().toList());
        var existing = led(partitions, topics);
        var earliest = offsets(existing, OffsetSpec.earliest());
        var ends = offsets(existing, OffsetSpec.latest());
        var committed =
                get(admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata());
        var starts = new HashMap<TopicPartition, PartitionStart>();
        for (var partition : existing) {
            var topic = topics.get(partition.topic());
            var first = earliest.get(partition);
            var end = ends.get(partition);
            if (topic == null || first == null || end == null) {
                continue;
            }
            var from = known.getOrDefault(partition, known(committed.get(partition)));
            starts.put(partition, PartitionStart.of(topic.topicId().toString(), from, first, end));
        }
        return starts;
    }

    private static Known known(@Nullable OffsetAndMetadata committed) {
        return committed == null
                ? Known.NOTHING
                : new Known(committed.metadata(), Mark.of(committed));
    }

    /** The end of what can be read of each of these partitions that exists. */
    Map<TopicPartition, Long> readableEnds(Collection<TopicPartition> partitions)
            throws InterruptedException {
        return offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
    }

    private Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, OffsetSpec which) throws InterruptedException {
        return offsets(partitions, which, IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation)
            throws InterruptedException {
        var asked = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(partition -> asked.put(partition, which));
        var result = admin.listOffsets(asked, new ListOffsetsOptions(isolation));
        var offsets = new HashMap<TopicPartition, Long>();
        for (var partition : partitions) {
            var found = getIfExists(result.partitionResult(partition));
            if (found != null) {
                offsets.put(partition, found.offset());
            }
        }
        return offsets;
    }

    private static <T> @Nullable T getIfExists(KafkaFuture<T> future) throws InterruptedException {
        try {
            return get(future);
        } catch (UnknownTopicOrPartitionException ignored) {
            return null; // absent is an answer here
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known
                    ? known
                    : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("no answer within " + TIMEOUT, e);
        }
    }
}
