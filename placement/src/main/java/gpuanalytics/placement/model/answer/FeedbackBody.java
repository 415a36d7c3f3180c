package gpuanalytics.placement.model.answer;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.placement.model.NodeFacts;
import gpuanalytics.placement.model.Observation;
import gpuanalytics.placement.model.Outcome;
import gpuanalytics.placement.model.RequestFacts;
import gpuanalytics.placement.model.Workload;
import gpuanalytics.placement.model.source.WorkloadName;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one observation as a body has it. */
final class FeedbackBody {

    static final List<String> MEMBERS =
            List.of(
                    "pod",
                    "namespace",
                    "workload",
                    "team",
                    "model",
                    "image",
                    "node",
                    "node_fragment_gpus",
                    "cpu_milli",
                    "memory_mib",
                    "gpu_milli",
                    "gpus",
                    "gpu_model",
                    "from",
                    "to",
                    "ended_at",
                    "p95_utilization",
                    "peak_memory_mib",
                    "gpu_memory_mib",
                    "energy_j",
                    "busy_gpu_seconds",
                    "failures");

    private final JsonNode node;

    private FeedbackBody(JsonNode node) {
        this.node = node;
    }

    /**
     * The observation.
     *
     * @throws IllegalArgumentException in one line with the member, its value and what was expected
     */
    static Observation read(JsonNode node) {
        if (!node.isObject()) {
            throw new IllegalArgumentException(
                    "it is %s, expected an object".formatted(shown(node)));
        }
        for (var member : node.properties()) {
            if (!MEMBERS.contains(member.getKey())) {
                throw new IllegalArgumentException(
                        "%s is unknown, expected one of %s"
                                .formatted(cut(member.getKey()), String.join(", ", MEMBERS)));
            }
        }
        return new FeedbackBody(node).observation();
    }

    private Observation observation() {
        return new Observation(
                needed("pod"),
                new Workload(
                        needed("namespace"),
                        WorkloadName.given(needed("workload")),
                        text("team"),
                        text("model"),
                        text("image")),
                new RequestFacts(
                        number("cpu_milli"),
                        number("memory_mib"),
                        number("gpu_milli"),
                        number("gpus"),
                        text("gpu_model")),
                new NodeFacts(text("node"), number("node_fragment_gpus")),
                time("from", needed("from")),
                time("to", needed("to")),
                new Outcome(
                        number("p95_utilization"),
                        number("peak_memory_mib"),
                        number("gpu_memory_mib"),
                        number("energy_j"),
                        number("busy_gpu_seconds"),
                        number("failures")),
                endedAt());
    }

    private @Nullable Instant endedAt() {
        var text = text("ended_at");
        return text == null ? null : time("ended_at", text);
    }

    private String needed(String member) {
        var text = text(member);
        if (text == null) {
            throw new IllegalArgumentException(member + " is absent, expected a text");
        }
        return text;
    }

    private @Nullable String text(String member) {
        var value = node.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a text".formatted(member, shown(value)));
        }
        return value.textValue();
    }

    private @Nullable Double number(String member) {
        var value = node.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isNumber()) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a number".formatted(member, shown(value)));
        }
        return value.doubleValue();
    }

    private static Instant time(String member, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a time such as 2026-01-31T10:00:00Z"
                            .formatted(member, cut(text)),
                    e);
        }
    }

    private static String shown(JsonNode value) {
        return cut(value.toString());
    }

    private static String cut(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
