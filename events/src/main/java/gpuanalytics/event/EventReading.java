package gpuanalytics.event;

import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.FieldTable.Named;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the members of one record say, field by field: the best value of each, what was said of
 * those that have none, and the names that mean nothing.
 *
 * <p>A dot in a name stands in it or is a level of an object: {@code "user.id"} and {@code
 * {"user":{"id":…}}} are one name. What stands in a {@link #CONTAINERS container} counts as if it
 * stood beside it, after what does.
 */
final class EventReading {

    /** Objects that senders put around names. */
    static final Set<String> CONTAINERS =
            Set.of(
                    "attributes",
                    "body",
                    "fields",
                    "labels",
                    "message",
                    "metadata",
                    "metric",
                    "resource",
                    "response",
                    "result",
                    "standard_logging_object",
                    "tags",
                    "token_usage",
                    "tokenUsage",
                    "usage",
                    "usage_metadata",
                    "usageMetadata",
                    "usage_object");

    /** Those that hold the counts of one answer: an {@code id} beside them is the answer's. */
    static final Set<String> USAGES =
            Set.of("token_usage", "tokenUsage", "usage", "usage_metadata", "usageMetadata");

    static final String ID = "id";

    private static final String RESPONSE_ID = "response.id";

    /** So many names that mean nothing are kept to be told. */
    private static final int MAX_UNKNOWN = 16;

    /** Names of one level come before all names of the next. */
    private static final int LEVEL = 1000;

    /** A value and the name it stood under. */
    private record Found(Named named, int priority, Object value) {}

    /** What is no value, and why. */
    private record Defect(Named named, int priority, Rejected rejected, Json said) {}

    private final FieldTable table;
    private final @Nullable Found[] found;
    private final @Nullable Defect[] defects;
    private final List<String> unknown = new ArrayList<>();
    private final List<String> unknownNumbers = new ArrayList<>();
    private final List<Refusal> passedOn = new ArrayList<>();
    private @Nullable BigDecimal total;
    private @Nullable String totalName;
    private long toolPrompt;

    EventReading(EventTopic topic, Json.Members members) {
        this.table = topic.fields();
        int size = table.fields().size();
        this.found = new @Nullable Found[size];
        this.defects = new @Nullable Defect[size];
        read("", "", members.byName(), 0);
    }

    /** The values that are good, set. */
    Event.Builder values(EventTopic topic) {
        var event = Event.builder(topic);
        for (var field : table.fields()) {
            var best = found[field.index()];
            if (best != null) {
                event.setUnchecked(field, best.value);
            }
        }
        return event;
    }

    /** The name that a field's value stood under, not in camelCase; null where it has none. */
    @Nullable String nameOf(Field<?> field) {
        var best = found[field.index()];
        if (best == null) {
            return null;
        }
        var alias = best.named.alias();
        return alias == null ? field.name() : alias.name();
    }

    /** Takes the value of a field for a reading out of its range. */
    void refuse(Field<?> field) {
        var best = found[field.index()];
        if (best != null) {
            var said = new Json.Text(String.valueOf(best.value));
            found[field.index()] = null;
            defects[field.index()] =
                    new Defect(
                            best.named,
                            best.priority,
                            new Rejected(
                                    RejectReason.OUT_OF_RANGE, best.named.name() + " is too large"),
                            said);
        }
    }

    /** The tokens of the whole request, as said; null where nothing is said. */
    @Nullable BigDecimal total() {
        return total;
    }

    /** The name under which {@link #total} stood. */
    @Nullable String totalName() {
        return totalName;
    }

    /** Tokens of a prompt that tools have added beside it; 0 where nothing is said. */
    long toolPrompt() {
        return toolPrompt;
    }

    /** What is wrong with all that was said of a field that has no value; null for nothing. */
    @Nullable Rejected defectOf(Field<?> field) {
        var defect = defects[field.index()];
        return defect == null || found[field.index()] != null ? null : defect.rejected;
    }

    /**
     * The first defect that costs the event: of a field that is required, or that tells events
     * apart or is what they count, where it stood under the contract's own name.
     */
    @Nullable Rejected fatal() {
        for (var field : table.fields()) {
            var defect = defects[field.index()];
            if (defect != null && found[field.index()] == null && isFatal(defect.named)) {
                return defect.rejected;
            }
        }
        return null;
    }

    /** The readings that the event lacks because of what was said of them, here or before. */
    List<Refusal> refused() {
        var refused = new ArrayList<Refusal>();
        for (var before : passedOn) {
            var named = table.find(before.field());
            var index = named == null ? -1 : named.field().index();
            if (index < 0 || (found[index] == null && defects[index] == null)) {
                refused.add(before);
            }
        }
        for (var field : table.fields()) {
            var defect = defects[field.index()];
            if (defect != null && found[field.index()] == null) {
                refused.add(new Refusal(field.name(), defect.rejected.reason(), said(defect.said)));
            }
        }
        return refused;
    }

    /** Names that mean nothing, at most so many as are kept. */
    List<String> unknown() {
        return unknown;
    }

    /** Those of them that hold numbers. */
    List<String> unknownNumbers() {
        return unknownNumbers;
    }

    private boolean isFatal(Named named) {
        return named.field().required() || (named.rank() == 0 && table.isEssential(named.field()));
    }

    /** Whether the counts of one answer are among these. */
    static boolean hasUsage(Map<String, Json> members) {
        return USAGES.stream().anyMatch(name -> members.get(name) instanceof Json.Members);
    }

    private void read(String prefix, String container, Map<String, Json> members, int level) {
        boolean answer = hasUsage(members);
        members.forEach(
                (name, json) -> {
                    if (answer && name.equals(ID)) {
                        readNamed(table.find(RESPONSE_ID), name, json, level);
                    } else if (level == 0
                            && name.equals(PassedOn.REFUSED)
                            && json instanceof Json.Members(var told)) {
                        passedOn.addAll(PassedOn.read(table, told));
                    } else {
                        read(prefix, container, name, json, level);
                    }
                });
    }

    private void read(String prefix, String container, String name, Json json, int level) {
        var path = prefix + name;
        var inContainer = container.isEmpty() ? null : table.find(container + "." + path);
        var named = inContainer != null ? inContainer : table.find(path);
        switch (json) {
            case Json.Members(var inner)
                    when named == null && prefix.isEmpty() && CONTAINERS.contains(name) ->
                    read(prefix, name, inner, level + 1);
            case Json.Members(var inner) when named == null || hasKnown(path, inner) ->
                    read(path + ".", container, inner, level + 1);
            case Json.Items(var all) when named == null && name.equals("attributes") ->
                    read(prefix, name, keyValues(all), level + 1);
            case Json.Members _,
                    Json.Items _,
                    Json.Text _,
                    Json.Numeric _,
                    Json.Flag _,
                    Json.Nothing _ ->
                    readNamed(named, path, json, level);
        }
    }

    private boolean hasKnown(String path, Map<String, Json> inner) {
        return inner.keySet().stream().anyMatch(name -> table.find(path + "." + name) != null);
    }

    /** OTLP's way to write an object: {@code [{"key":…,"value":{"intValue":…}}]}. */
    private static Map<String, Json> keyValues(List<Json> all) {
        var members = new LinkedHashMap<String, Json>();
        for (var each : all) {
            if (each instanceof Json.Members(var pair)
                    && pair.get("key") instanceof Json.Text(var key)
                    && pair.get("value") instanceof Json.Members(var value)
                    && value.size() == 1) {
                members.put(key, value.values().iterator().next());
            }
        }
        return members;
    }

    private void readNamed(@Nullable Named named, String path, Json json, int level) {
        if (named == null) {
            noteUnknown(path, json);
            return;
        }
        int index = named.field().index();
        int priority = level * LEVEL + named.rank();
        try {
            var value = JsonValue.read(named, json);
            var before = found[index];
            // The contract's own name wins over another system's, whatever their order.
            if (value != null && (before == null || priority < before.priority)) {
                found[index] = new Found(named, priority, value);
            }
        } catch (RejectedException e) {
            var before = defects[index];
            if (before == null || priority < before.priority) {
                defects[index] = new Defect(named, priority, e.rejected(), json);
            }
        }
    }

    private void noteUnknown(String path, Json json) {
        if (table.isTotal(path) && total == null) {
            total = UsageRules.count(json);
            totalName = path;
            return;
        }
        if (path.equals(UsageRules.TOOL_PROMPT) || path.equals(UsageRules.TOOL_PROMPT_CAMEL)) {
            toolPrompt = UsageRules.wholeCount(json);
            return;
        }
        if (json instanceof Json.Members) {
            return;
        }
        if (unknown.size() < MAX_UNKNOWN) {
            unknown.add(path);
        }
        if (json instanceof Json.Numeric && unknownNumbers.size() < MAX_UNKNOWN) {
            unknownNumbers.add(path);
        }
    }

    private static String said(Json json) {
        return switch (json) {
            case Json.Text(var text) -> text;
            case Json.Members _, Json.Items _, Json.Numeric _, Json.Flag _, Json.Nothing _ ->
                    JsonValue.shown(json);
        };
    }
}
