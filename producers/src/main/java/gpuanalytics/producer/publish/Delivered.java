package gpuanalytics.producer.publish;

import gpuanalytics.event.EventTopic;
import java.util.Map;

/**
 * What has become of the events taken over: acknowledged + failed + under way = taken over.
 *
 * @param acknowledged events that Kafka has, by topic
 * @param failed events that Kafka refused, by topic
 * @param underWay events neither acknowledged nor refused
 * @param promptTokens prompt tokens of the acknowledged usages
 * @param completionTokens completion tokens of the acknowledged usages
 */
public record Delivered(
        Map<EventTopic, Long> acknowledged,
        Map<EventTopic, Long> failed,
        long underWay,
        long promptTokens,
        long completionTokens) {

    public Delivered {
        acknowledged = Map.copyOf(acknowledged);
        failed = Map.copyOf(failed);
    }
}
