package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.health.HealthReport;
import java.io.IOException;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Answers {@code /health}, {@code /health/live} and {@code /health/ready}. */
final class HealthAnswers {

    private final Supplier<HealthReport> health;

    HealthAnswers(Supplier<HealthReport> health) {
        this.health = health;
    }

    /** 200 while the processor takes events in and stores them, else 503. */
    Answer ready() {
        return answer(HealthReport::ready);
    }

    /** 200 while the process can do its work now or later; 503 asks for a restart. */
    Answer live() {
        return answer(HealthReport::live);
    }

    private Answer answer(Predicate<HealthReport> isGood) {
        var report = health.get();
        return new Answer(
                isGood.test(report) ? 200 : 503,
                Json.MEDIA_TYPE,
                Json.write(json -> write(json, report)),
                Map.of());
    }

    private static void write(JsonGenerator json, HealthReport report) throws IOException {
        json.writeStartObject();
        json.writeStringField("status", report.ready() ? "ok" : "degraded");
        json.writeArrayFieldStart("parts");
        for (var part : report.parts()) {
            json.writeStartObject();
            json.writeStringField("name", part.name());
            json.writeBooleanField("up", part.up());
            json.writeStringField("detail", part.detail());
            json.writeStringField("since", part.since().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
