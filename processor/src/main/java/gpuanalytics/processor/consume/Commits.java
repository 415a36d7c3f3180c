package gpuanalytics.processor.consume;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what is done, never more: the offset with its leader's epoch, so that whoever goes on
 * there notices a log that was cut, and the topic's id, so that the offset is known to be another
 * topic's after a delete and recreate. For one thread.
 */
final class Commits {

    private static final Logger log = LoggerFactory.getLogger(Commits.class);

    private final Duration interval;
    private boolean underWay;
    private long lastNanos = System.nanoTime();

    Commits(Duration interval) {
        this.interval = interval;
    }

    /** Commits what is done, at most once per interval, without waiting for the answer. */
    void due(GroupClient client, Collection<Assignment> assignments) {
        var now = System.nanoTime();
        if (underWay || now - lastNanos < interval.toNanos()) {
            return;
        }
        lastNanos = now;
        var marks = uncommitted(assignments);
        if (marks.isEmpty()) {
            return;
        }
        underWay = true;
        try {
            client.commitAsync(offsets(marks), (_, failure) -> answered(marks, failure));
        } catch (KafkaException e) {
            answered(marks, e);
        }
    }

    /** Commits what is done and waits for the answer, within a limit. */
    void now(GroupClient client, Collection<Assignment> assignments) {
        var marks = uncommitted(assignments);
        if (marks.isEmpty()) {
            return;
        }
        try {
            client.commitSync(offsets(marks));
            accept(marks);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            // Whoever reads these partitions next reads some records again; their guards hold.
            log.atWarn().setCause(e).log("commit failed; records are read again");
        }
    }

    /** The client is gone, and with it the answer. */
    void forget() {
        underWay = false;
    }

    private void answered(Map<Assignment, Mark> marks, @Nullable Exception failure) {
        underWay = false;
        if (failure == null) {
            accept(marks);
            return;
        }
        // A rebalance or a broker away: the marks stand and go out with the next commit.
        log.atDebug().setCause(failure).log("commit failed, it is repeated");
    }

    private static void accept(Map<Assignment, Mark> marks) {
        marks.forEach((assignment, mark) -> assignment.committed(mark.offset()));
    }

    private static Map<Assignment, Mark> uncommitted(Collection<Assignment> assignments) {
        var marks = new HashMap<Assignment, Mark>();
        for (var assignment : assignments) {
            if (assignment.hasUncommitted()) {
                marks.put(assignment, assignment.done());
            }
        }
        return marks;
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Map<Assignment, Mark> marks) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        marks.forEach(
                (assignment, mark) ->
                        offsets.put(assignment.partition(), mark.with(assignment.topicId())));
        return offsets;
    }
}
