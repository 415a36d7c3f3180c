package gpuanalytics.producer;

import gpuanalytics.event.EventTopic;
import gpuanalytics.producer.publish.Delivered;
import java.util.HashMap;
import java.util.Map;

/**
 * What a source, or all of them, have given so far.
 *
 * @param acknowledged events that Kafka has, by topic
 * @param failed events that Kafka refused, by topic
 * @param promptTokens prompt tokens of the acknowledged usages
 * @param completionTokens completion tokens of the acknowledged usages
 * @param droppedRows rows of input that gave no event, by named reason
 */
public record Totals(
        Map<EventTopic, Long> acknowledged,
        Map<EventTopic, Long> failed,
        long promptTokens,
        long completionTokens,
        Map<String, Long> droppedRows) {

    public Totals {
        acknowledged = Map.copyOf(acknowledged);
        failed = Map.copyOf(failed);
        droppedRows = Map.copyOf(droppedRows);
    }

    static final Totals NONE = new Totals(Map.of(), Map.of(), 0, 0, Map.of());

    static Totals of(Delivered delivered, Map<String, Long> droppedRows) {
        return new Totals(
                delivered.acknowledged(),
                delivered.failed(),
                delivered.promptTokens(),
                delivered.completionTokens(),
                droppedRows);
    }

    /** Both together. */
    Totals plus(Totals other) {
        return new Totals(
                sum(acknowledged, other.acknowledged),
                sum(failed, other.failed),
                promptTokens + other.promptTokens,
                completionTokens + other.completionTokens,
                sum(droppedRows, other.droppedRows));
    }

    private static <K> Map<K, Long> sum(Map<K, Long> one, Map<K, Long> other) {
        var sum = new HashMap<>(one);
        other.forEach((key, count) -> sum.merge(key, count, Long::sum));
        return sum;
    }

    /** Events that Kafka refused, of all topics. */
    long failures() {
        return failed.values().stream().mapToLong(Long::longValue).sum();
    }

    /** GPU samples that Kafka has. */
    public long samples() {
        return acknowledged.getOrDefault(EventTopic.GPU_METRICS, 0L);
    }

    /** Usages that Kafka has. */
    public long requests() {
        return acknowledged.getOrDefault(EventTopic.TOKEN_USAGE, 0L);
    }
}
