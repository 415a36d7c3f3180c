package gpuanalytics.processor.consume;

import gpuanalytics.event.EventTopic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A partition for as long as it is assigned to this consumer once: what was handed on of it and how
 * far that is done.
 *
 * <p>The ingest thread calls everything; {@link #doneOffset} and {@link #current} may be read by
 * any thread.
 */
final class Assignment {

    private final TopicPartition partition;
    private final EventTopic kind;
    private final String topicId;

    /** Behind the last record handed on. */
    private long handedOn;

    /** Where the client reads next: behind what was handed on and the markers that follow it. */
    private Mark position;

    private volatile Mark done;
    private volatile AssignedPartition current;
    private long committed;

    Assignment(TopicPartition partition, EventTopic kind, String topicId, Mark start) {
        this.partition = partition;
        this.kind = kind;
        this.topicId = topicId;
        this.handedOn = start.offset();
        this.position = start;
        this.done = start;
        this.committed = start.offset();
        this.current = new AssignedPartition(this, start.leaderEpoch());
    }

    TopicPartition partition() {
        return partition;
    }

    EventTopic kind() {
        return kind;
    }

    String topicId() {
        return topicId;
    }

    /** The newest incarnation of the log that records came from. */
    AssignedPartition current() {
        return current;
    }

    Mark position() {
        return position;
    }

    /** Every record below this offset is stored, rolled up or in the dead letters. */
    long doneOffset() {
        return done.offset();
    }

    /** The records as they are handed on; the client goes on at {@code next}. */
    List<RawRecord> handOn(List<ConsumerRecord<ByteBuffer, ByteBuffer>> records, Mark next) {
        var handed = new ArrayList<RawRecord>(records.size());
        for (var record : records) {
            handed.add(new RawRecord(incarnation(record.leaderEpoch()), record));
            handedOn = record.offset() + 1;
        }
        skipTo(next);
        return handed;
    }

    /** Goes on behind what holds no records: markers of transactions, or what retention removed. */
    void skipTo(Mark next) {
        position = next;
        if (isIdle()) {
            done = next;
        }
    }

    /**
     * Notes that every record below {@code next} is done.
     *
     * @throws IllegalStateException when it goes backwards, which would commit what is not done
     */
    void complete(long next, Optional<Integer> leaderEpoch) {
        if (next < done.offset()) {
            throw new IllegalStateException(
                    "%s completed %d after %d".formatted(partition, next, done.offset()));
        }
        done = new Mark(next, leaderEpoch);
        if (isIdle() && next < position.offset()) {
            // Only markers lie between: uncommitted they would look like records not done.
            done = position;
        }
    }

    Mark done() {
        return done;
    }

    boolean hasUncommitted() {
        return done.offset() > committed;
    }

    void committed(long offset) {
        committed = Math.max(committed, offset);
    }

    private boolean isIdle() {
        return done.offset() >= handedOn;
    }

    private AssignedPartition incarnation(Optional<Integer> leaderEpoch) {
        var known = current;
        if (!known.leaderEpoch().equals(leaderEpoch)) {
            known = new AssignedPartition(this, leaderEpoch);
            current = known;
        }
        return known;
    }
}
