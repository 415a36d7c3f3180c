package gpuanalytics.processor.consume;

import gpuanalytics.event.EventTopic;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * One incarnation of a partition's log, for as long as the partition is assigned to this consumer
 * once.
 *
 * <p>An incarnation is what one leader appended. A leader that has lost the end of its log gives
 * the same offsets to other records, but never in the same epoch; so offset and epoch together name
 * one record for ever, whoever reads it and however often.
 *
 * <p>Records that are still under way when the partition is taken away hold on to this object, not
 * to the partition: what they report afterwards reaches no later assignment.
 */
public final class AssignedPartition {

    /** No topic id and no partition's number has it. */
    private static final String INCARNATION = "~";

    private final Assignment assignment;
    private final Optional<Integer> leaderEpoch;
    private final String logId;
    private final String source;

    AssignedPartition(Assignment assignment, Optional<Integer> leaderEpoch) {
        this.assignment = assignment;
        this.leaderEpoch = leaderEpoch;
        this.logId =
                leaderEpoch
                        .filter(epoch -> epoch > 0)
                        .map(epoch -> assignment.topicId() + INCARNATION + epoch)
                        .orElse(assignment.topicId());
        this.source = Position.source(logId, number());
    }

    public String topic() {
        return partition().topic();
    }

    public EventTopic kind() {
        return assignment.kind();
    }

    /**
     * The id under which the store knows this log: the topic's id, and behind a {@code ~} the epoch
     * of the leader that appended, unless that was the first.
     */
    public String topicId() {
        return logId;
    }

    public int number() {
        return partition().partition();
    }

    /** The name under which the store keeps this log's watermarks. */
    public String source() {
        return source;
    }

    /**
     * Notes that every record of the partition below {@code next} is done.
     *
     * @throws IllegalStateException when it goes backwards, which would commit what is not done
     */
    public void complete(long next) {
        assignment.complete(next, leaderEpoch);
    }

    Assignment assignment() {
        return assignment;
    }

    Optional<Integer> leaderEpoch() {
        return leaderEpoch;
    }

    private TopicPartition partition() {
        return assignment.partition();
    }

    @Override
    public String toString() {
        return partition() + "@" + logId;
    }
}
