package gpuanalytics.placement.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.placement.rehearse.PolicyResult;
import gpuanalytics.placement.rehearse.RehearsalResult;
import gpuanalytics.service.http.Json;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** A rehearsal as JSON, a line per policy. */
public final class JsonReport {

    private JsonReport() {}

    /**
     * The lines.
     *
     * @param points the arrivals that are told, in percent of all GPUs
     */
    public static String of(RehearsalResult result, List<Integer> points) {
        return result.policies().stream()
                .map(policy -> line(policy, points))
                .collect(Collectors.joining("\n"));
    }

    private static String line(PolicyResult policy, List<Integer> points) {
        return new String(
                Json.bytes(
                                json -> {
                                    json.writeStartObject();
                                    json.writeStringField("policy", policy.policy().label());
                                    json.writeNumberField("seeds", policy.seeds().size());
                                    writeAllocated(json, policy, points);
                                    json.writeEndObject();
                                })
                        .bytes(),
                UTF_8);
    }

    /** One seed has no standard deviation: it is absent, not 0. */
    private static void writeAllocated(
            JsonGenerator json, PolicyResult policy, List<Integer> points) throws IOException {
        json.writeObjectFieldStart("allocated_pct");
        for (int point : points) {
            json.writeNumberField(
                    Integer.toString(point),
                    Numbers.rounded(policy.allocatedPercent(point).mean()));
        }
        json.writeEndObject();
        json.writeObjectFieldStart("sd");
        for (int point : points) {
            var sd = policy.allocatedPercent(point).sd();
            if (sd.isPresent()) {
                json.writeNumberField(Integer.toString(point), Numbers.rounded(sd.getAsDouble()));
            }
        }
        json.writeEndObject();
    }
}
