package gpuanalytics.placement;

import gpuanalytics.placement.http.Parts;
import gpuanalytics.placement.http.PlacementHttp;
import gpuanalytics.placement.http.PriceSource;
import gpuanalytics.placement.input.ClusterHistory;
import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.price.PriceBookFile;
import gpuanalytics.placement.processor.ProcessorClient;
import gpuanalytics.placement.processor.ProcessorFleet;
import gpuanalytics.placement.processor.ProcessorPrices;
import gpuanalytics.placement.queue.Rehearsals;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.lifecycle.Closing;
import gpuanalytics.service.lifecycle.RunningService;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The running server: its parts, wired together. */
public final class Placement implements RunningService {

    private static final PriceSource.Found NO_PRICES =
            new PriceSource.Found(
                    GpuPrices.none(),
                    List.of(
                            "no prices: neither price_per_hour_usd, PRICES_FILE nor"
                                    + " PROCESSOR_URL"));

    private final Clock clock = Clock.systemUTC();
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Forecasting forecasting;
    private final Optional<Scheduling> scheduling;
    private final Optional<ProcessorClient> processor;
    private final Rehearsals rehearsals;
    private final PlacementHttp http;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean closed;

    private Placement(PlacementConfig config) {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        processor =
                config.processor().map(url -> new ProcessorClient(url, config.processorTimeout()));
        rehearsals = new Rehearsals(config.rehearsals(), clock, registry);
        forecasting =
                Forecasting.start(config.models(), processor.map(each -> each), registry, clock);
        scheduling = config.scheduling().map(each -> Scheduling.start(each, forecasting));
        http =
                PlacementHttp.start(
                        config.http(),
                        new Parts(
                                this::health,
                                rehearsals,
                                processor.<ClusterHistory>map(ProcessorFleet::new),
                                prices(config),
                                forecasting.answers(),
                                scheduling.map(
                                        each -> new Parts.Placing(each.extender(), each.config()))),
                        registry);
    }

    /**
     * Starts.
     *
     * @throws ConfigurationException if the port cannot be listened on, or a file cannot be used
     */
    public static Placement start(PlacementConfig config) {
        return new Placement(config);
    }

    private PriceSource prices(PlacementConfig config) {
        if (config.prices().isPresent()) {
            var file = config.prices().get();
            checkBook(file, config.market());
            return () -> found(() -> PriceBookFile.read(file, config.market(), clock.instant()));
        }
        return () ->
                processor.isPresent()
                        ? found(new ProcessorPrices(processor.get())::now)
                        : NO_PRICES;
    }

    /** A book that cannot be used ends the start. */
    private void checkBook(Path file, String market) {
        try {
            var _ = PriceBookFile.read(file, market, clock.instant());
        } catch (BadInputException e) {
            throw new ConfigurationException(List.of("PRICES_FILE " + e.line()));
        }
    }

    private interface Prices {
        GpuPrices read() throws BadInputException, InterruptedException;
    }

    private static PriceSource.Found found(Prices prices) throws InterruptedException {
        try {
            return PriceSource.Found.of(prices.read());
        } catch (BadInputException e) {
            return new PriceSource.Found(GpuPrices.none(), List.of("no prices: " + e.line()));
        }
    }

    /** The state of what it cannot do without, a part each. */
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
        var parts = new ArrayList<AutoCloseable>(List.of(http, rehearsals));
        scheduling.ifPresent(parts::add);
        parts.add(forecasting);
        processor.ifPresent(parts::add);
        parts.add(registry::close);
        Closing.inOrder(parts);
        ended.countDown();
    }
}
