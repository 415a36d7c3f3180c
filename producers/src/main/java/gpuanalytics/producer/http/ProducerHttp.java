package gpuanalytics.producer.http;

import gpuanalytics.producer.source.RateControl;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.AdminEndpoints;
import gpuanalytics.service.http.HttpListener;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.HttpSettings;
import gpuanalytics.service.http.Routes;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * {@code /health}, {@code /health/live}, {@code /health/ready}, {@code /metrics} and {@code /rate}.
 */
public final class ProducerHttp implements AutoCloseable {

    private static final Duration SCRAPE_TIMEOUT = Duration.ofSeconds(10);

    private final HttpListener listener;

    private ProducerHttp(HttpListener listener) {
        this.listener = listener;
    }

    /**
     * Starts to listen.
     *
     * @param rate the live rate, where a source has one
     * @throws ConfigurationException if the address cannot be listened on
     */
    public static ProducerHttp start(
            HttpSettings settings,
            Supplier<HealthReport> health,
            PrometheusMeterRegistry registry,
            Optional<RateControl> rate) {
        var metrics = new HttpMetrics(registry, "producer");
        var endpoints =
                Stream.of(
                                AdminEndpoints.of(health, registry, SCRAPE_TIMEOUT, metrics),
                                RateEndpoints.of(rate, metrics))
                        .flatMap(List::stream)
                        .toList();
        return new ProducerHttp(HttpListener.start(settings, Routes.of(endpoints), metrics));
    }

    public int port() {
        return listener.port();
    }

    @Override
    public void close() {
        listener.close();
    }
}
