package gpuanalytics.placement.extender;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.util.Locale;

/** Answers of an extender: always 200, and what is wrong stands in the body. */
final class ExtenderAnswers {

    /** The highest priority, which one node gets; the others get none. */
    static final int MAX_PRIORITY = 10;

    private ExtenderAnswers() {}

    /** {@code ExtenderFilterResult}: the nodes that can have the pod, and of the others why not. */
    static Answer filtered(ExtenderArgs args, Evaluation evaluation) {
        return written(
                json -> {
                    json.writeStartObject();
                    if (args.nodes().isPresent()) {
                        writeNodes(json, args, evaluation);
                    } else {
                        json.writeArrayFieldStart(name("NodeNames", args.isCapitalised()));
                        for (int place = 0; place < evaluation.names().size(); place++) {
                            if (evaluation.refusal(place) == null) {
                                json.writeString(evaluation.names().get(place));
                            }
                        }
                        json.writeEndArray();
                    }
                    json.writeObjectFieldStart(name("FailedNodes", args.isCapitalised()));
                    for (int place = 0; place < evaluation.names().size(); place++) {
                        var refusal = evaluation.refusal(place);
                        if (refusal != null) {
                            json.writeStringField(evaluation.names().get(place), refusal);
                        }
                    }
                    json.writeEndObject();
                    json.writeStringField(name("Error", args.isCapitalised()), "");
                    json.writeEndObject();
                });
    }

    private static void writeNodes(JsonGenerator json, ExtenderArgs args, Evaluation evaluation)
            throws IOException {
        var nodes = args.nodes().orElseThrow();
        json.writeObjectFieldStart(name("Nodes", args.isCapitalised()));
        json.writeObjectFieldStart("metadata");
        json.writeEndObject();
        json.writeArrayFieldStart("items");
        for (int place = 0; place < nodes.size(); place++) {
            if (evaluation.refusal(place) == null) {
                nodes.get(place).writeTo(json);
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /**
     * No node can have the pod, for a reason of its own: no eviction would help. As an error it
     * would be ignored by a scheduler to which the extender is {@code ignorable}.
     */
    static Answer refused(ExtenderArgs args, String reason) {
        return written(
                json -> {
                    json.writeStartObject();
                    json.writeObjectFieldStart(
                            name("FailedAndUnresolvableNodes", args.isCapitalised()));
                    for (var node : args.nodeNames()) {
                        json.writeStringField(node, reason);
                    }
                    json.writeEndObject();
                    json.writeStringField(name("Error", args.isCapitalised()), "");
                    json.writeEndObject();
                });
    }

    /**
     * {@code HostPriorityList}: {@value #MAX_PRIORITY} for the best, 0 for the others. For a pod
     * without a GPU all nodes without GPUs are the best.
     */
    static Answer prioritized(ExtenderArgs args, Evaluation evaluation) {
        return written(
                json -> {
                    json.writeStartArray();
                    for (int place = 0; place < evaluation.names().size(); place++) {
                        json.writeStartObject();
                        json.writeStringField(
                                name("Host", args.isCapitalised()), evaluation.names().get(place));
                        json.writeNumberField(
                                name("Score", args.isCapitalised()),
                                evaluation.isBest(place) ? MAX_PRIORITY : 0);
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    /** No priorities: there is no error in that list, and none is needed. */
    static Answer noPriorities() {
        return written(
                json -> {
                    json.writeStartArray();
                    json.writeEndArray();
                });
    }

    /** {@code ExtenderBindingResult}, or a filter's error; empty for none. */
    static Answer error(String error, boolean isCapitalised) {
        return written(
                json -> {
                    json.writeStartObject();
                    json.writeStringField(name("Error", isCapitalised), error);
                    json.writeEndObject();
                });
    }

    private static String name(String member, boolean isCapitalised) {
        return isCapitalised
                ? member
                : member.substring(0, 1).toLowerCase(Locale.ROOT) + member.substring(1);
    }

    private static Answer written(Json.Part part) {
        return Answer.ok(Json.MEDIA_TYPE, Json.bytes(part));
    }
}
