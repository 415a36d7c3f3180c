package gpuanalytics.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.service.health.HealthReport;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What every program answers about itself. */
public final class AdminEndpoints {

    /** Scrapes have their own bound: metrics are wanted most when all else is too much. */
    public static final int MAX_CONCURRENT_SCRAPES = 4;

    private static final String TEXT = "text/plain";
    private static final String OPEN_METRICS = "application/openmetrics-text";

    private AdminEndpoints() {}

    /**
     * {@code /health} and {@code /health/ready}: 200 while every part works, else 503. {@code
     * /health/live}: 200 while the process can do its work now or later; 503 asks for a restart.
     * {@code /metrics}: for Prometheus.
     *
     * @param health answers at once: it is asked on the event loop
     * @param scrapeTimeout how long a scrape may take
     */
    public static List<Endpoint> of(
            Supplier<HealthReport> health,
            PrometheusMeterRegistry registry,
            Duration scrapeTimeout,
            HttpMetrics metrics) {
        var gate = new WorkGate("scrape", MAX_CONCURRENT_SCRAPES, scrapeTimeout, metrics);
        return List.of(
                health("/health", health, HealthReport::ready),
                health("/health/live", health, HealthReport::live),
                health("/health/ready", health, HealthReport::ready),
                Endpoint.get(
                                "/metrics",
                                List.of(TEXT, OPEN_METRICS),
                                request -> scrape(registry, request.mediaType()))
                        .behind(gate));
    }

    private static Endpoint health(
            String path, Supplier<HealthReport> health, Predicate<HealthReport> isGood) {
        return Endpoint.get(path, List.of(Json.MEDIA_TYPE), _ -> answer(health.get(), isGood));
    }

    private static Answer answer(HealthReport report, Predicate<HealthReport> isGood) {
        return new Answer(
                isGood.test(report) ? 200 : 503,
                Json.MEDIA_TYPE,
                Json.bytes(json -> write(json, report)),
                Map.of());
    }

    /** Writes a report as {@code /health} has it. */
    public static void write(JsonGenerator json, HealthReport report) throws IOException {
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

    private static Answer scrape(PrometheusMeterRegistry registry, String mediaType) {
        var contentType =
                mediaType.equals(OPEN_METRICS)
                        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                        : "text/plain; version=0.0.4; charset=utf-8";
        return Answer.ok(contentType, registry.scrape(contentType).getBytes(UTF_8));
    }
}
