package gpuanalytics.event;

import gpuanalytics.event.Decoded.Rejected;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What other systems put around an event, or make of a reading, brought to a plain object. */
final class Shapes {

    private static final Set<String> CONNECT = Set.of("schema", "payload");
    private static final String METRIC_NAME = "__name__";

    /** Prometheus calls a label so where the exporter's own pod has taken its name. */
    private static final String EXPORTED = "exported_";

    /** OpenMeter's events have the tokens of one direction, and say which. */
    static final String TOKENS = "tokens";

    private static final String DIRECTION = "type";

    /** As in {@link #DIRECTION}, and also by the other two words: here these mean nothing else. */
    private static final String TOKEN_TYPE = "token_type";

    private static final Map<String, Field<Long>> OF_DIRECTION =
            Map.of("input", TokenUsage.PROMPT_TOKENS, "output", TokenUsage.COMPLETION_TOKENS);
    private static final Map<String, Field<Long>> OF_TOKEN_TYPE =
            Map.of("prompt", TokenUsage.PROMPT_TOKENS, "completion", TokenUsage.COMPLETION_TOKENS);

    /** What failed, in whatever form: there is a fault unless they say nothing. */
    static final String FAULT = "error";

    static final String FAULT_CODE = "error_code";
    static final String FAULT_MESSAGE = "error_message";
    private static final List<String> FAULTS =
            List.of(
                    FAULT,
                    FAULT_CODE,
                    FieldTable.camelCase(FAULT_CODE),
                    FAULT_MESSAGE,
                    FieldTable.camelCase(FAULT_MESSAGE));

    /** A fault that does not say what it is, or not in a word. */
    private static final String SOME_FAULT = "error";

    /** These are no faults, nor are HTTP's codes of what went well. */
    private static final Pattern NO_FAULT =
            Pattern.compile("(?:|0|false|no|none|null|[123][0-9]{2})");

    /** Members of a fault's object that are names of fields. */
    private static final Set<String> KINDS = Set.of("type", "code");

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
            case Json.Text(var text) when text.stripLeading().startsWith("{") ->
                    Json.object(text.toCharArray());
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
        if (topic == EventTopic.TOKEN_USAGE) {
            return usage(record);
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

    private static Json.Members usage(Json.Members record) {
        var members = record.byName();
        var tokens = members.containsKey(TOKENS) ? ofDirection(members) : null;
        var fault = fault(members);
        if (tokens == null && fault == null) {
            return record;
        }
        var event = new LinkedHashMap<>(members);
        if (tokens != null) {
            event.putIfAbsent(tokens.name(), members.getOrDefault(TOKENS, NOTHING));
            List.of(TOKENS, DIRECTION, TOKEN_TYPE).forEach(event::remove);
        }
        if (fault != null) {
            FAULTS.forEach(event::remove);
            event.putIfAbsent(TokenUsage.ERROR_TYPE.name(), new Json.Text(fault));
        }
        return new Json.Members(event);
    }

    private static @Nullable Field<Long> ofDirection(Map<String, Json> members) {
        for (var name : List.of(DIRECTION, TOKEN_TYPE)) {
            if (members.get(name) instanceof Json.Text(var said)) {
                var direction = said.toLowerCase(Locale.ROOT);
                var tokens = OF_DIRECTION.get(direction);
                if (tokens == null && name.equals(TOKEN_TYPE)) {
                    tokens = OF_TOKEN_TYPE.get(direction);
                }
                if (tokens != null) {
                    return tokens;
                }
            }
        }
        return null;
    }

    /** What failed, as an error type; null where nothing did, or where names of fields say it. */
    private static @Nullable String fault(Map<String, Json> members) {
        for (var name : FAULTS) {
            var said = members.getOrDefault(name, NOTHING);
            if (said instanceof Json.Members(var inner)
                    && KINDS.stream().anyMatch(kind -> isSaid(inner.getOrDefault(kind, NOTHING)))) {
                return null;
            }
            if (isSaid(said)) {
                return word(said);
            }
        }
        return null;
    }

    private static String word(Json said) {
        var word =
                switch (said) {
                    case Json.Text(var text) -> text;
                    case Json.Numeric(var written) -> written;
                    case Json.Members _, Json.Items _, Json.Flag _, Json.Nothing _ -> SOME_FAULT;
                };
        return Validation.checkText(TokenUsage.ERROR_TYPE, SOME_FAULT, word) == null
                ? word
                : SOME_FAULT;
    }

    private static boolean isSaid(Json said) {
        return switch (said) {
            case Json.Nothing() -> false;
            case Json.Flag(var value) -> value;
            case Json.Text(var text) ->
                    !NO_FAULT.matcher(text.strip().toLowerCase(Locale.ROOT)).matches();
            case Json.Numeric(var written) -> !NO_FAULT.matcher(written).matches();
            case Json.Items(var all) -> !all.isEmpty();
            case Json.Members(var inner) -> inner.values().stream().anyMatch(Shapes::isSaid);
        };
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
