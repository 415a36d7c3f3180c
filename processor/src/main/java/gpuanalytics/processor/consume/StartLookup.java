package gpuanalytics.processor.consume;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A question to the broker, on its way: where does reading of these partitions begin? */
final class StartLookup {

    /** Where a partition is read already; this goes before what is committed. */
    record Known(String topicId, long position) {}

    private final Map<TopicPartition, Known> known;
    private final CompletableFuture<Map<TopicPartition, PartitionStart>> answer;

    StartLookup(
            Map<TopicPartition, Known> known,
            CompletableFuture<Map<TopicPartition, PartitionStart>> answer) {
        this.known = known;
        this.answer = answer;
    }

    boolean isDone() {
        return answer.isDone();
    }

    Map<TopicPartition, Known> known() {
        return known;
    }

    /** The answer; null where the broker does not know the partition or did not answer. */
    @Nullable PartitionStart startOf(TopicPartition partition) {
        return answer.isCompletedExceptionally() ? null : answer.join().get(partition);
    }
}
