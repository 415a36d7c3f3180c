package gpuanalytics.processor;

import gpuanalytics.processor.batch.UnderWay;
import gpuanalytics.processor.dashboard.PipelineState;
import gpuanalytics.processor.metrics.DrainEstimate;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.service.health.HealthReport;
import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/** How the pipeline stands: what it has done, what is left, and whether it keeps up. */
final class Standing {

    static final Duration MEASURE_INTERVAL = Duration.ofSeconds(1);

    private final Supplier<ProcessorStats> stats;
    private final Supplier<HealthReport> health;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final DrainEstimate drain = new DrainEstimate();
    private volatile boolean saturated;

    Standing(
            Supplier<ProcessorStats> stats,
            Supplier<HealthReport> health,
            ProcessorMetrics metrics,
            Clock clock) {
        this.stats = stats;
        this.health = health;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Shows it among the metrics. */
    void register(UnderWay underWay) {
        metrics.gauge(
                "processor.drain.seconds",
                "How long the lag takes at the rate of which the processor is capable",
                drain,
                d -> d.seconds());
        metrics.gauge(
                "processor.store.saturated",
                "1 while more comes than the store takes, so that fetching stops; else 0",
                this,
                standing -> standing.saturated ? 1 : 0);
        metrics.gauge(
                "processor.buffer.bytes",
                "Records that are read and whose raw documents are not stored",
                underWay,
                records -> (double) records.bytes());
    }

    /** Takes a reading, once each {@link #MEASURE_INTERVAL}. */
    void measure(boolean fetchingStopped) {
        var now = stats.get();
        saturated = fetchingStopped;
        drain.update(now.stored() + now.duplicates() + now.rejected(), now.lag(), MEASURE_INTERVAL);
    }

    /** As the dashboard shows it. */
    PipelineState state() {
        var now = stats.get();
        var counts =
                new PipelineState.Counts(
                        now.received(),
                        now.stored(),
                        now.duplicates(),
                        now.rejected(),
                        now.lag(),
                        writes());
        return new PipelineState(clock.instant(), counts, drain.seconds(), saturated, health.get());
    }

    private long writes() {
        return (long)
                metrics.registry().find("processor.mongo.write").counters().stream()
                        .mapToDouble(Counter::count)
                        .sum();
    }
}
