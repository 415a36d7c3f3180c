package gpuanalytics.producer.publish;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka for topics without making them: a producer's own request would let a broker with
 * default settings make a missing one, with a single partition.
 */
public final class TopicCheck {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private TopicCheck() {}

    /** What Kafka says about topics. */
    public sealed interface Answer {

        /** They are all there, with these numbers of partitions. */
        record Present(Map<String, Integer> partitions) implements Answer {}

        /** Something is not, said in words. */
        record Absent(String problem) implements Answer {}
    }

    /** Asks once, for at most a few seconds. */
    public static Answer ask(String bootstrap, Collection<String> topics)
            throws InterruptedException {
        var settings =
                Map.<String, Object>of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        (int) TIMEOUT.toMillis(),
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) TIMEOUT.toMillis());
        // a host name that does not resolve fails the construction
        try {
            var admin = Admin.create(settings);
            try {
                return describe(admin, bootstrap, topics);
            } finally {
                // without waiting for what is under way
                admin.close(Duration.ZERO);
            }
        } catch (KafkaException e) {
            return away(bootstrap, e);
        }
    }

    private static Answer describe(Admin admin, String bootstrap, Collection<String> topics)
            throws InterruptedException {
        var partitions = new TreeMap<String, Integer>();
        var missing = new ArrayList<String>();
        for (var topic : topics) {
            try {
                var descriptions = admin.describeTopics(List.of(topic)).topicNameValues();
                var description =
                        Objects.requireNonNull(descriptions.get(topic))
                                .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
                partitions.put(topic, description.partitions().size());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    return away(bootstrap, e.getCause());
                }
                missing.add(topic);
            } catch (TimeoutException e) {
                return away(bootstrap, e);
            }
        }
        return missing.isEmpty()
                ? new Answer.Present(partitions)
                : new Answer.Absent(
                        "topic %s does not exist at %s, waiting for it"
                                .formatted(String.join(" and ", missing), bootstrap));
    }

    private static Answer away(String bootstrap, @Nullable Throwable cause) {
        var problem = "no Kafka answers at %s, waiting for it".formatted(bootstrap);
        // the client's words for a time-out name its internals
        return switch (cause) {
            case null -> new Answer.Absent(problem);
            case TimeoutException _ -> new Answer.Absent(problem);
            case org.apache.kafka.common.errors.TimeoutException _ -> new Answer.Absent(problem);
            default -> new Answer.Absent("%s (%s)".formatted(problem, rootMessage(cause)));
        };
    }

    private static String rootMessage(Throwable failure) {
        var root = failure;
        for (var cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return String.valueOf(root.getMessage());
    }
}
