package gpuanalytics.placement.http;

import gpuanalytics.placement.extender.ExtenderEndpoints;
import gpuanalytics.service.http.AdminEndpoints;
import gpuanalytics.service.http.ByteBudget;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.http.Json;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Every path that the server answers. A further part is a line in {@link #of}. */
final class Endpoints {

    static final String OPENAPI = "placement/openapi.yaml";

    /** What is told of outcomes and is being read. */
    private static final long READ_AT_ONCE_BYTES = 16 << 20;

    private static final Duration SCRAPE_TIMEOUT = Duration.ofSeconds(10);

    private Endpoints() {}

    /**
     * All of them.
     *
     * @param changes whose requests to compute or to change something are taken
     */
    static List<Endpoint> of(
            Parts parts,
            Intake.Admission changes,
            PrometheusMeterRegistry registry,
            HttpMetrics metrics) {
        return Stream.of(
                        AdminEndpoints.of(parts.health(), registry, SCRAPE_TIMEOUT, metrics),
                        policies(),
                        new RehearsalAnswers(parts.rehearsals(), parts.cluster(), parts.prices())
                                .endpoints(changes, metrics),
                        parts.models().endpoints(intake(changes)),
                        PageFiles.endpoints(),
                        documents(),
                        parts.placing()
                                .map(
                                        each ->
                                                ExtenderEndpoints.of(
                                                        each.extender(),
                                                        each.config(),
                                                        registry,
                                                        metrics))
                                .orElse(List.of()))
                .flatMap(List::stream)
                .toList();
    }

    private static Intake intake(Intake.Admission changes) {
        return new Intake(changes, new ByteBudget(READ_AT_ONCE_BYTES), Intake.OPEN.refusal());
    }

    private static List<Endpoint> documents() {
        return List.of(Endpoint.file("/openapi.yaml", "application/yaml", OPENAPI));
    }

    private static List<Endpoint> policies() {
        return List.of(
                Endpoint.get(
                        "/placement/policies", List.of(Json.MEDIA_TYPE), PolicyAnswers::policies));
    }
}
