package gpuanalytics.placement;

import gpuanalytics.placement.extender.Forecasts;
import gpuanalytics.placement.http.Parts;
import gpuanalytics.placement.http.PlacementHttp;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.lifecycle.Closing;
import gpuanalytics.service.lifecycle.RunningService;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The running server: its parts, wired together. */
public final class Placement implements RunningService {

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Optional<Scheduling> scheduling;
    private final PlacementHttp http;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean closed;

    private Placement(PlacementConfig config) {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        scheduling = config.scheduling().map(each -> Scheduling.start(each, Forecasts.NONE));
        var parts =
                new Parts(
                        this::health,
                        scheduling.map(each -> new Parts.Placing(each.extender(), each.config())));
        http = PlacementHttp.start(config.http(), parts, registry);
    }

    /**
     * Starts.
     *
     * @throws ConfigurationException if the port cannot be listened on
     */
    public static Placement start(PlacementConfig config) {
        return new Placement(config);
    }

    /** The state of what it depends on, a part each. */
    private HealthReport health() {
        return new HealthReport(true, scheduling.map(Scheduling::health).orElse(List.of()));
    }

    public int port() {
        return http.port();
    }

    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public Optional<Throwable> failure() {
        return Optional.empty();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Closing.inOrder(http);
        scheduling.ifPresent(Scheduling::close);
        Closing.inOrder(registry::close);
        ended.countDown();
    }
}
