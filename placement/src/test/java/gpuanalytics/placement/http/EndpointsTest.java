package gpuanalytics.placement.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.placement.ApiDocument;
import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.queue.RehearsalLimits;
import gpuanalytics.placement.queue.Rehearsals;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.HttpMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is served and what {@code openapi.yaml} says are the same. */
class EndpointsTest {

    @Test
    void routesAreThoseOfTheDocument() throws Exception {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var limits = RehearsalLimits.read(new EnvironmentReader(Map.of()));
        try (var rehearsals = new Rehearsals(limits, Clock.systemUTC(), registry)) {
            var parts =
                    new Parts(
                            () -> new HealthReport(true, List.of()),
                            rehearsals,
                            Optional.empty(),
                            () -> PriceSource.Found.of(GpuPrices.none()));
            var routed =
                    Endpoints.of(parts, _ -> {}, registry, new HttpMetrics(registry, "test"))
                            .stream()
                            .map(endpoint -> endpoint.method() + " " + endpoint.path())
                            .collect(Collectors.toCollection(TreeSet::new));

            assertEquals(ApiDocument.own().operations(), routed);
        }
    }
}
