package gpuanalytics.event;

import gpuanalytics.event.Decoded.Rejected;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What other systems put around an event, or make of a reading, brought to a plain object. */
final class Shapes {

    private static final Set<String> CONNECT = Set.of("schema", "payload");
    private static final String METRIC_NAME = "__name__";

    /** Prometheus calls a label so where the exporter's own pod has taken its name. */
    private static final String EXPORTED = "exported_";

    /** OpenMeter's events have the tokens of one direction, and say which. */
    private static final String TOKENS = "tokens";

    private static final String DIRECTION = "type";
    private static final Map<String, Field<Long>> OF_DIRECTION =
            Map.of("input", TokenUsage.PROMPT_TOKENS, "output", TokenUsage.COMPLETION_TOKENS);

    private static final Json NOTHING = new Json.Nothing();

    private Shapes() {}

    /** The payload of Kafka Connect's envelope; any other object is itself. */
    static Json.Members payload(Json.Members record) throws IOException {
        if (!record.byName().keySet().equals(CONNECT)) {
            return record;
        }
        var payload = record.byName().getOrDefault("payload", NOTHING);
        return switch (payload) {
            case Json.Members members -> members;
            case Json.Text(var text) when text.startsWith("{") -> Json.object(text.toCharArray());
            case Json.Text _, Json.Items _, Json.Numeric _, Json.Flag _, Json.Nothing _ ->
                    throw new RejectedException(
                            RejectReason.NOT_JSON,
                            "payload is %s, expected the event"
                                    .formatted(JsonValue.shown(payload)));
        };
    }

    /**
     * A sample of Prometheus (labels, name, value, timestamp) or a metric of Telegraf as an event:
     * its metric's name is that of a reading. One direction's tokens by their own name.
     */
    static Json.Members event(EventTopic topic, Json.Members record) throws RejectedException {
        var members = record.byName();
        var labels = labels(members);
        if (labels != null && members.containsKey("value")) {
            var metric = metric(members, labels);
            if (metric != null) {
                return sample(topic, members, labels, metric);
            }
        }
        if (topic == EventTopic.TOKEN_USAGE
                && members.containsKey(TOKENS)
                && members.get(DIRECTION) instanceof Json.Text(var direction)
                && OF_DIRECTION.containsKey(direction)) {
            return usage(members, OF_DIRECTION.get(direction));
        }
        boolean telegraf =
                members.get("fields") instanceof Json.Members
                        && members.get("tags") instanceof Json.Members
                        && members.containsKey("name");
        if (telegraf) {
            var event = new LinkedHashMap<>(members);
            event.remove("name"); // the plugin's
            return new Json.Members(event);
        }
        return record;
    }

    private static Json.Members usage(Map<String, Json> members, Field<Long> tokens) {
        var event = new LinkedHashMap<>(members);
        event.putIfAbsent(tokens.name(), members.getOrDefault(TOKENS, NOTHING));
        List.of(TOKENS, DIRECTION).forEach(event::remove);
        return new Json.Members(event);
    }

    private static @Nullable Map<String, Json> labels(Map<String, Json> members) {
        if (members.get("labels") instanceof Json.Members(var labels)) {
            return labels;
        }
        return members.get("metric") instanceof Json.Members(var labels) ? labels : null;
    }

    private static @Nullable String metric(Map<String, Json> members, Map<String, Json> labels) {
        var name = labels.getOrDefault(METRIC_NAME, members.getOrDefault("name", NOTHING));
        return name instanceof Json.Text(var text) ? text : null;
    }

    private static Json.Members sample(
            EventTopic topic, Map<String, Json> members, Map<String, Json> labels, String metric)
            throws RejectedException {
        if (topic.fields().find(metric) == null) {
            throw new RejectedException(unknown(topic, metric));
        }
        var event = new LinkedHashMap<>(members);
        List.of("labels", "metric", "name", "value").forEach(event::remove);
        labels.forEach(event::putIfAbsent);
        event.remove(METRIC_NAME);
        labels.forEach(
                (label, value) -> {
                    if (label.startsWith(EXPORTED)) {
                        event.put(label.substring(EXPORTED.length()), value);
                    }
                });
        var value = members.getOrDefault("value", NOTHING);
        if (value instanceof Json.Items(var pair) && pair.size() == 2) {
            event.putIfAbsent("timestamp", pair.getFirst());
            value = pair.getLast();
        }
        event.put(metric, value);
        return new Json.Members(event);
    }

    private static Rejected unknown(EventTopic topic, String metric) {
        var near = NearestName.of(List.of(metric), topic.fields().names());
        return new Rejected(
                RejectReason.MISSING_FIELD,
                "%s is no known reading%s"
                        .formatted(
                                Excerpt.of(metric),
                                near == null ? "" : ", the nearest known name is " + near.known()));
    }
}
