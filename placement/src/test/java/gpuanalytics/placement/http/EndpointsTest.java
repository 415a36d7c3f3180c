package gpuanalytics.placement.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.placement.ApiDocument;
import gpuanalytics.placement.extender.Extender;
import gpuanalytics.placement.extender.ExtenderConfig;
import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.model.ModelKeeper;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.model.ObservationStore;
import gpuanalytics.placement.model.answer.ModelAnswers;
import gpuanalytics.placement.podevents.PodHistory;
import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.queue.RehearsalLimits;
import gpuanalytics.placement.queue.Rehearsals;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import gpuanalytics.service.kubernetes.KubernetesApi;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is served and what {@code openapi.yaml} says are the same. */
class EndpointsTest {

    private static Parts.Placing placing() {
        var environment = new EnvironmentReader(Map.of());
        var config = ExtenderConfig.read(environment);
        return new Parts.Placing(
                Extender.of(
                        config,
                        List.of(),
                        Forecasts.NONE,
                        new PodHistory(Duration.ofDays(1), Clock.systemUTC()),
                        new KubernetesApi(KubernetesAccess.read(environment))),
                config);
    }

    private static ModelAnswers models() {
        var settings = ModelSettings.defaults();
        var store = new ObservationStore(settings.maxObservations(), Clock.systemUTC());
        return new ModelAnswers(
                new ModelKeeper(store, settings, Clock.systemUTC()), store, settings);
    }

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
                            () -> PriceSource.Found.of(GpuPrices.none()),
                            models(),
                            Optional.of(placing()));
            var routed =
                    Endpoints.of(parts, _ -> {}, registry, new HttpMetrics(registry, "test"))
                            .stream()
                            .map(endpoint -> endpoint.method() + " " + endpoint.path())
                            .collect(Collectors.toCollection(TreeSet::new));

            assertEquals(ApiDocument.own().operations(), routed);
        }
    }
}
