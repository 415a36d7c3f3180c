package gpuanalytics.producer;

import gpuanalytics.producer.http.ProducerHttp;
import gpuanalytics.producer.publish.KafkaPublisher;
import gpuanalytics.producer.receive.DoorKind;
import gpuanalytics.producer.receive.OpenDoor;
import gpuanalytics.producer.source.MovedTrace;
import gpuanalytics.producer.source.RateControl;
import gpuanalytics.producer.source.RefusedRows;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.lifecycle.Closing;
import gpuanalytics.service.lifecycle.Program;
import gpuanalytics.service.lifecycle.RunningService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running producer: its sources and doors, each on its own way to Kafka over one publisher, and
 * its HTTP port. Where one source ends or fails the others go on; it ends when all have and no door
 * is open.
 */
public final class Producer implements RunningService {

    private static final Logger LOG = LoggerFactory.getLogger(Producer.class);

    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final KafkaPublisher publisher;
    private final Map<SourceKind, SourceRun> sources = new EnumMap<>(SourceKind.class);
    private final Map<DoorKind, OpenDoor> doors = new EnumMap<>(DoorKind.class);
    private final ProducerHttp http;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<String> warnings;
    private final Instant started;
    private boolean closed;

    private Producer(ProducerConfig config, Clock clock) {
        warnings = config.warnings();
        started = clock.instant();
        publisher = new KafkaPublisher(config.kafka(), clock, meters);
        try {
            config.sources()
                    .forEach(
                            (kind, source) ->
                                    sources.put(
                                            kind,
                                            new SourceRun(
                                                    kind.label(),
                                                    source,
                                                    publisher,
                                                    clock,
                                                    meters)));
            doors.putAll(Doors.open(config.doors(), publisher, clock, meters));
            http = ProducerHttp.start(config.http(), this::health, meters, rateControl());
        } catch (RuntimeException e) {
            closeDoors();
            closeSources();
            throw e;
        }
        registerMeters();
    }

    /**
     * Starts. Kafka need not be there yet: it is waited for, as {@code /health} and the log say.
     *
     * @throws ConfigurationException if the input of a source cannot be used or the port cannot be
     *     listened on
     */
    public static Producer start(ProducerConfig config) {
        var producer = new Producer(config, Clock.systemUTC());
        config.warnings().forEach(LOG::warn);
        producer.sources.values().forEach(SourceRun::start);
        Thread.ofVirtual().name("producer-end").start(producer::awaitSources);
        return producer;
    }

    private void awaitSources() {
        try {
            for (var source : sources.values()) {
                source.awaitEnd();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (doors.isEmpty()) {
            ended.countDown();
        }
    }

    private void registerMeters() {
        new JvmMemoryMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        sources.forEach(
                (kind, source) ->
                        source.feed()
                                .rateControl()
                                .ifPresent(control -> registerRate(kind.label(), control)));
    }

    private void registerRate(String source, RateControl control) {
        Gauge.builder("producer.rate.target", control, c -> c.rate().rate())
                .description("Events per second of the whole deployment")
                .tag("source", source)
                .register(meters);
        Gauge.builder("producer.rate.share", control, c -> c.rate().share())
                .description("Events per second of this replica")
                .tag("source", source)
                .register(meters);
    }

    /** The live rate of the source that has one. */
    private Optional<RateControl> rateControl() {
        return sources.values().stream()
                .flatMap(source -> source.feed().rateControl().stream())
                .findFirst();
    }

    /** Kafka, each source with what it depends on, then each door. */
    private HealthReport health() {
        var parts = new ArrayList<HealthReport.Part>();
        parts.add(publisher.health());
        for (var source : sources.values()) {
            parts.addAll(source.feed().parts());
            parts.add(source.part());
        }
        doors.values().forEach(door -> parts.add(door.part()));
        warnings.forEach(line -> parts.add(new HealthReport.Part("warning", true, line, started)));
        return new HealthReport(isLive(), parts);
    }

    /** A restart helps where nothing can be published any more. */
    private boolean isLive() {
        return publisher.failure().isEmpty()
                && (!doors.isEmpty()
                        || sources.values().stream()
                                .anyMatch(source -> source.failure().isEmpty()));
    }

    /** What all sources have published so far. */
    public Totals totals() {
        return sources.values().stream().map(SourceRun::totals).reduce(Totals.NONE, Totals::plus);
    }

    /** What each source has published so far. */
    public Map<SourceKind, Totals> totalsBySource() {
        var totals = new EnumMap<SourceKind, Totals>(SourceKind.class);
        sources.forEach((kind, source) -> totals.put(kind, source.totals()));
        return totals;
    }

    /**
     * Waits until every source has ended and all of it is acknowledged, or has failed, or the
     * producer was closed; while a door is open only for the last.
     *
     * @return whether that was within the limit
     */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits as {@link #awaitEnd(Duration)} without a limit. */
    @Override
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Why a source, or all of them, cannot go on, if so. */
    @Override
    public Optional<Throwable> failure() {
        return sources.values().stream()
                .flatMap(source -> source.failure().stream())
                .findFirst()
                .or(publisher::failure);
    }

    /** Traces that do not have their own times, of all sources. */
    public List<MovedTrace> movedTraces() {
        return sources.values().stream()
                .flatMap(source -> source.feed().events().movedTraces().stream())
                .toList();
    }

    /** Rows of input that gave no event, by reason, of all sources. */
    public List<RefusedRows> refusedRows() {
        return sources.values().stream()
                .flatMap(source -> source.feed().events().refusedRows().stream())
                .toList();
    }

    /**
     * {@inheritDoc}
     *
     * <p>{@link Program#EXIT_INCOMPLETE} where a replay has lost rows.
     */
    @Override
    public int exitCode() {
        if (failure().isPresent()) {
            return Program.EXIT_FAILED;
        }
        boolean incomplete =
                sources.values().stream().anyMatch(source -> source.feed().events().isIncomplete());
        return incomplete ? Program.EXIT_INCOMPLETE : 0;
    }

    public int httpPort() {
        return http.port();
    }

    /** The ports of the open doors. */
    public Map<DoorKind, Integer> doorPorts() {
        var ports = new EnumMap<DoorKind, Integer>(DoorKind.class);
        doors.forEach((kind, door) -> ports.put(kind, door.port()));
        return ports;
    }

    /** The port of an open door. */
    public int doorPort(DoorKind kind) {
        return Objects.requireNonNull(doors.get(kind), kind + " is not open").port();
    }

    /** Stops: events under way have the flush time-out to be acknowledged. Safe to call again. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Closing.inOrder(
                this::closeDoors,
                this::stopSources,
                publisher,
                this::closeSources,
                http,
                meters::close);
        ended.countDown();
    }

    /** First: what is being told is still acknowledged. */
    private void closeDoors() {
        Closing.inOrder(List.copyOf(doors.values()));
    }

    private void stopSources() {
        sources.values().forEach(SourceRun::stop);
        sources.values().forEach(SourceRun::awaitStopped);
    }

    private void closeSources() {
        Closing.inOrder(List.copyOf(sources.values()));
    }
}
