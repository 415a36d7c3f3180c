package gpuanalytics.local;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics of the embedded broker. */
final class LocalTopics {

    private static final int SHARDS = 12;
    private static final Map<String, String> COMPACTED = Map.of("cleanup.policy", "compact");

    /** The age of an event is judged by its record's time: the broker's is beyond doubt. */
    private static final Map<String, String> TIMED_BY_THE_BROKER =
            Map.of("message.timestamp.type", "LogAppendTime");

    private LocalTopics() {}

    static List<NewTopic> of(Map<String, String> variables, int partitions) {
        var events =
                Stream.of(
                                variables.getOrDefault("TOPIC_METRIC", "gpu.metrics.v1"),
                                variables.getOrDefault("TOPIC_TOKEN", "token.usage.v1"))
                        .map(
                                name ->
                                        new NewTopic(name, partitions, (short) 1)
                                                .configs(TIMED_BY_THE_BROKER));
        var deadLetters =
                new NewTopic(
                        variables.getOrDefault("TOPIC_DEAD_LETTER", "dead.letters.v1"),
                        1,
                        (short) 1);
        var shards =
                new NewTopic(
                                variables.getOrDefault("TOPIC_SHARDS", "producers.shards"),
                                SHARDS,
                                (short) 1)
                        .configs(COMPACTED);
        return Stream.concat(events, Stream.of(deadLetters, shards)).toList();
    }
}
