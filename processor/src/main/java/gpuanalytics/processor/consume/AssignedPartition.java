package gpuanalytics.processor.consume;

import gpuanalytics.event.EventTopic;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition for as long as it is assigned to this consumer once, and how far its records are
 * done.
 *
 * <p>Records that are still under way when the partition is taken away hold on to this object, not
 * to the partition: what they report afterwards reaches no later assignment.
 */
public final class AssignedPartition {

    private final TopicPartition partition;
    private final EventTopic kind;
    private final String topicId;
    private final String source;

    // Written by the ingest thread alone, read by gauges.
    private volatile long completed;
    private long committed;

    AssignedPartition(TopicPartition partition, EventTopic kind, String topicId, long start) {
        this.partition = partition;
        this.kind = kind;
        this.topicId = topicId;
        this.source = Position.source(topicId, partition.partition());
        this.completed = start;
        this.committed = start;
    }

    public String topic() {
        return partition.topic();
    }

    public EventTopic kind() {
        return kind;
    }

    public String topicId() {
        return topicId;
    }

    public int number() {
        return partition.partition();
    }

    /** The name under which the store keeps this partition's watermarks. */
    public String source() {
        return source;
    }

    /** Every record below this offset is stored, rolled up or in the dead letters. */
    public long completed() {
        return completed;
    }

    /**
     * Notes that every record below {@code next} is done.
     *
     * @throws IllegalStateException when it goes backwards, which would commit what is not done
     */
    public void complete(long next) {
        if (next < completed) {
            throw new IllegalStateException(
                    "%s completed %d after %d".formatted(partition, next, completed));
        }
        completed = next;
    }

    TopicPartition partition() {
        return partition;
    }

    boolean hasUncommitted() {
        return completed > committed;
    }

    void committed(long offset) {
        committed = Math.max(committed, offset);
    }

    @Override
    public String toString() {
        return partition + "@" + topicId;
    }
}
