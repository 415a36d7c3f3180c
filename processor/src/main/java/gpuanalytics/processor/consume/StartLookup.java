package gpuanalytics.processor.consume;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A question to the broker, on its way: where does reading of these partitions begin?
 *
 * @param known where they are read already
 * @param metadataVersion the client's when it was asked
 */
record StartLookup(
        Map<TopicPartition, Known> known,
        long metadataVersion,
        CompletableFuture<Map<TopicPartition, PartitionStart>> answer) {

    /**
     * Where a partition is read already; this goes before what is committed.
     *
     * @param topicId the topic's id there; empty where not known
     * @param position where to go on; null where the partition was never read, or where nothing of
     *     what was read is left
     * @param truncated how many offsets behind {@code position} were read and are no longer in the
     *     log
     */
    record Known(String topicId, @Nullable Mark position, long truncated) {

        static final Known NOTHING = new Known("", null, 0);

        Known(String topicId, Mark position) {
            this(topicId, position, 0);
        }

        /** The same where the log begins at this offset and {@code position} is not known. */
        long truncatedSince(long earliest) {
            return truncated == 0 ? 0 : Math.max(1, truncated - earliest);
        }
    }

    boolean isDone() {
        return answer.isDone();
    }

    /** The answer; null where the broker does not know the partition or did not answer. */
    @Nullable PartitionStart startOf(TopicPartition partition) {
        return answer.isCompletedExceptionally() ? null : answer.join().get(partition);
    }
}
