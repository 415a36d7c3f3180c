package gpuanalytics.placement.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.placement.policy.Search;
import gpuanalytics.placement.rehearse.PolicyResult;
import gpuanalytics.placement.rehearse.RehearsalResult;
import gpuanalytics.placement.rehearse.Spread;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * A rehearsal as JSON: a line per policy, or one document with curves, strandings and nodes. One
 * seed has no standard deviation, and what has no price no dollars: they are absent, not 0.
 */
public final class JsonReport {

    private static final int MOST_STRANDINGS = 50;

    private JsonReport() {}

    /** A line per policy. */
    public static String lines(Findings findings) {
        return findings.result().policies().stream()
                .map(policy -> line(findings, policy))
                .collect(Collectors.joining("\n"));
    }

    private static String line(Findings findings, PolicyResult policy) {
        var bytes =
                Json.bytes(
                        json -> {
                            json.writeStartObject();
                            writePolicy(json, findings, policy);
                            json.writeEndObject();
                        });
        return new String(bytes.bytes(), UTF_8);
    }

    /** Writes the members of a document that tell all of it; the object is open. */
    public static void write(JsonGenerator json, Findings findings) throws IOException {
        var result = findings.result();
        writePlan(json, result);
        json.writeArrayFieldStart("policies");
        for (var policy : result.policies()) {
            json.writeStartObject();
            writePolicy(json, findings, policy);
            writeCurves(json, policy, result.plan().targetPercent());
            writeNodes(json, policy);
            json.writeEndObject();
        }
        json.writeEndArray();
        writeStrandings(json, result);
        json.writeArrayFieldStart("unpriced_models");
        for (var model : findings.unpriced()) {
            json.writeString(model);
        }
        json.writeEndArray();
        writeNodes(json, result);
    }

    private static void writePlan(JsonGenerator json, RehearsalResult result) throws IOException {
        var plan = result.plan();
        var workload = result.workload();
        json.writeObjectFieldStart("cluster");
        json.writeNumberField("nodes", workload.nodes());
        json.writeNumberField("gpus", workload.gpuMilli() / 1000);
        json.writeNumberField("pods", workload.pods());
        json.writeNumberField("asked_gpus", Numbers.rounded(workload.askedMilli() / 1000.0));
        json.writeNumberField("typical_shapes", workload.typical().size());
        json.writeEndObject();
        json.writeObjectFieldStart("plan");
        json.writeStringField("present", plan.present().label());
        json.writeNumberField("seeds", plan.seeds());
        json.writeNumberField("first_seed", plan.firstSeed());
        json.writeStringField("ties", plan.search().ties().name().toLowerCase(Locale.ROOT));
        if (plan.search().nodesSeen() != Search.ALL_NODES) {
            json.writeNumberField("nodes_seen", plan.search().nodesSeen());
        }
        json.writeNumberField("target_pct", plan.targetPercent());
        json.writeNumberField("compare_at_pct", plan.compareAtPercent());
        json.writeEndObject();
    }

    private static void writePolicy(JsonGenerator json, Findings findings, PolicyResult policy)
            throws IOException {
        var points = findings.points();
        json.writeStringField("policy", policy.policy().label());
        json.writeNumberField("seeds", policy.seeds().size());
        writePoints(json, "allocated_pct", "sd", points, policy::allocatedPercent);
        writePoints(json, "fragmented_pct", "fragmented_sd", points, policy::fragmentedPercent);
        writeSpread(json, "freed_gpus", Savings.gpus(findings, policy));
        var usd = Savings.usdPerMonth(findings, policy);
        if (usd.isPresent()) {
            writeSpread(json, "freed_usd_per_month", usd.get());
        }
    }

    private static void writePoints(
            JsonGenerator json,
            String means,
            String deviations,
            List<Integer> points,
            IntFunction<Spread> curve)
            throws IOException {
        json.writeObjectFieldStart(means);
        for (int point : points) {
            var mean = Numbers.rounded(curve.apply(point).mean());
            json.writeNumberField(Integer.toString(point), mean);
        }
        json.writeEndObject();
        json.writeObjectFieldStart(deviations);
        for (int point : points) {
            var sd = curve.apply(point).sd();
            if (sd.isPresent()) {
                json.writeNumberField(Integer.toString(point), Numbers.rounded(sd.getAsDouble()));
            }
        }
        json.writeEndObject();
    }

    private static void writeSpread(JsonGenerator json, String name, Spread spread)
            throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("mean", Numbers.rounded(spread.mean()));
        if (spread.sd().isPresent()) {
            json.writeNumberField("sd", Numbers.rounded(spread.sd().getAsDouble()));
        }
        json.writeEndObject();
    }

    /** A value for each whole percent from 0. */
    private static void writeCurves(JsonGenerator json, PolicyResult policy, int target)
            throws IOException {
        json.writeObjectFieldStart("curves");
        writeCurve(json, "allocated_pct", target, policy::allocatedPercent);
        writeCurve(json, "fragmented_pct", target, policy::fragmentedPercent);
        json.writeEndObject();
    }

    private static void writeCurve(
            JsonGenerator json, String name, int target, IntFunction<Spread> curve)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (int percent = 0; percent <= target; percent++) {
            json.writeNumber(Numbers.rounded(curve.apply(percent).mean()));
        }
        json.writeEndArray();
    }

    private static void writeStrandings(JsonGenerator json, RehearsalResult result)
            throws IOException {
        json.writeArrayFieldStart("stranded");
        for (var stranding : Stranding.worst(result, MOST_STRANDINGS)) {
            var shape = stranding.shape();
            json.writeStartObject();
            writeKnown(json, "team", stranding.team());
            writeKnown(json, "model", stranding.model());
            json.writeNumberField("cpu_milli", shape.cpuMilli());
            json.writeNumberField("memory_mib", shape.memoryMib());
            json.writeNumberField("num_gpu", shape.gpus());
            json.writeNumberField("gpu_milli", shape.gpuMilli());
            writeKnown(json, "gpu_spec", result.workload().models().names(shape.models()));
            writeSpread(json, "gpus", stranding.gpus());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeKnown(JsonGenerator json, String name, String text)
            throws IOException {
        if (!text.isEmpty()) {
            json.writeStringField(name, text);
        }
    }

    /** How the policy has filled the nodes that are shown, with the first seed. */
    private static void writeNodes(JsonGenerator json, PolicyResult policy) throws IOException {
        json.writeArrayFieldStart("fills");
        for (var fill : policy.seeds().getFirst().nodes()) {
            json.writeStartObject();
            json.writeArrayFieldStart("gpu_free_milli");
            for (int free : fill.gpuFreeMilli()) {
                json.writeNumber(free);
            }
            json.writeEndArray();
            json.writeNumberField("unusable_gpus", Numbers.rounded(fill.unusableGpus()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The nodes that are shown, in the order of the fills. */
    private static void writeNodes(JsonGenerator json, RehearsalResult result) throws IOException {
        var workload = result.workload();
        json.writeArrayFieldStart("shown_nodes");
        for (var fill : result.policies().getFirst().seeds().getFirst().nodes()) {
            json.writeStartObject();
            writeKnown(json, "node", workload.nodeName(fill.node()));
            writeKnown(json, "model", workload.models().name(workload.node(fill.node()).model()));
            json.writeNumberField("gpus", workload.node(fill.node()).gpus());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
