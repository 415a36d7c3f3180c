package gpuanalytics.placement.extender;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.placement.extender.Evaluation.NodeScore;
import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.model.Target;
import gpuanalytics.placement.model.answer.StateJson;
import gpuanalytics.placement.watch.PodRequest;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Why a pod went where it went: what was refused, and every part of the best nodes' scores. */
record ExplainAnswers(Extender extender) {

    static final String PATH = "/placement/explain";
    static final String POD = "pod";

    /** What counts for a score. */
    private static final Set<Target> COUNTING =
            Set.of(Target.PEAK_MEMORY_MIB, Target.JOULES_PER_HOUR);

    Answer respond(Endpoint.Request request) {
        var said = request.query().getOrDefault(POD, List.of());
        var pod = said.size() == 1 ? said.getFirst() : "";
        if (!pod.matches("[^/]+/[^/]+")) {
            throw new ProblemException(
                    Problem.invalidParameter(
                            POD,
                            said.isEmpty() ? "missing" : String.join(" and ", said),
                            "a namespace and a name, such as team-a/train-7"));
        }
        var unknown = "no scheduler has asked about pod %s since this program began".formatted(pod);
        var explanation =
                extender.explain(pod)
                        .orElseThrow(() -> new ProblemException(Problem.notFound(unknown)));
        return Answer.ok(request.mediaType(), Json.bytes(json -> write(json, explanation)));
    }

    private void write(JsonGenerator json, Explanation explanation) throws IOException {
        json.writeStartObject();
        json.writeStringField("pod", explanation.pod());
        json.writeStringField("at", explanation.at().toString());
        json.writeStringField("outcome", explanation.outcome());
        if (!explanation.node().isEmpty()) {
            json.writeStringField("node", explanation.node());
            json.writeStringField("gpus", PodState.index(explanation.gpus()));
        }
        writeRequest(json, explanation.request());
        writeForecast(json, explanation);
        json.writeNumberField("nodes_asked", explanation.asked());
        json.writeObjectFieldStart("refused");
        for (var reason : explanation.refused().entrySet()) {
            json.writeNumberField(reason.getKey(), reason.getValue());
        }
        json.writeEndObject();
        json.writeArrayFieldStart("best");
        for (var node : explanation.best()) {
            writeScore(json, explanation, node.getKey(), node.getValue());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeRequest(JsonGenerator json, PodRequest request) throws IOException {
        json.writeObjectFieldStart("request");
        json.writeNumberField("cpu_milli", request.cpuMilli());
        json.writeNumberField("memory_mib", request.memoryMib());
        json.writeNumberField("gpus", request.gpus());
        json.writeNumberField("gpu_milli", request.gpuMilli());
        if (request.gpuMemoryMib() > 0) {
            json.writeNumberField("gpu_memory_mib", request.gpuMemoryMib());
        }
        if (!request.models().isEmpty()) {
            json.writeStringField("models", request.models());
        }
        json.writeEndObject();
    }

    private static void writeForecast(JsonGenerator json, Explanation explanation)
            throws IOException {
        var forecast = explanation.forecast();
        if (forecast.isEmpty()) {
            json.writeStringField("forecast", "none: no model serves this workload");
            return;
        }
        json.writeObjectFieldStart("forecast");
        json.writeStringField("model", forecast.get().model());
        if (!forecast.get().node().isEmpty()) {
            json.writeStringField("node", forecast.get().node());
        }
        var peak = forecast.get().peakGpuMemoryMib();
        if (peak.isPresent()) {
            json.writeNumberField("peak_gpu_memory_mib", peak.getAsInt());
        }
        json.writeArrayFieldStart("predictions");
        for (var prediction : forecast.get().predictions().get()) {
            StateJson.write(json, prediction);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Each part as it counts: they add up to the total. */
    private void writeScore(
            JsonGenerator json, Explanation explanation, String node, NodeScore score)
            throws IOException {
        var weights = extender.weights();
        json.writeStartObject();
        json.writeStringField("node", node);
        json.writeNumberField("total", score.total());
        json.writeObjectFieldStart("parts");
        json.writeNumberField("fragment", weights.fragment() * 100 * score.parts().shrunkGpus());
        json.writeNumberField("cpu", weights.cpu() * score.parts().cpuFit());
        json.writeNumberField("gpu", weights.gpu() * score.parts().gpuFit());
        json.writeNumberField("memory", weights.memory() * score.memoryFit());
        json.writeNumberField("stability", -weights.stability() * score.failing());
        json.writeNumberField("power", -weights.power() * score.kwh());
        json.writeEndObject();
        if (score.parts().gpu() >= 0) {
            json.writeNumberField("gpu", score.parts().gpu());
        }
        if (explanation.forecast().isPresent()) {
            writeForecast(
                    json, explanation.forecast().get().byNode().getOrDefault(node, List::of).get());
        }
        json.writeEndObject();
    }

    /** What was predicted of the pod on one node. */
    private static void writeForecast(JsonGenerator json, List<Prediction> predictions)
            throws IOException {
        json.writeObjectFieldStart("forecast");
        for (var each : predictions) {
            if (COUNTING.contains(each.target())) {
                json.writeObjectFieldStart(each.target().label());
                json.writeNumberField("value", each.value());
                StateJson.write(json, "low", each.low());
                StateJson.write(json, "high", each.high());
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }
}
