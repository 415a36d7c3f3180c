package gpuanalytics.processor;

import gpuanalytics.event.EventCodec;
import gpuanalytics.processor.api.HttpApi;
import gpuanalytics.processor.audit.RollupAudit;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.consume.KafkaEventConsumer;
import gpuanalytics.processor.consume.KafkaHealth;
import gpuanalytics.processor.decode.ScanningEventDecoder;
import gpuanalytics.processor.health.HealthReport;
import gpuanalytics.processor.health.PartHealth;
import gpuanalytics.processor.metrics.DrainEstimate;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.query.MongoUsageQueries;
import gpuanalytics.processor.query.RollupRetention;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.rollup.SeriesCap;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.write.MongoEventWriter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running processor: its parts, wired together.
 *
 * <p>It starts whether Kafka and the store are there or not, waits for both, and goes on by itself;
 * {@link #health} says for what it waits.
 */
public final class Processor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Processor.class);

    /** What comes after the drain: the last commit, leaving the group, closing the clients. */
    private static final Duration CLOSE_MARGIN = Duration.ofSeconds(4);

    private static final int CLOSE_TIMEOUT_SECONDS = 2;

    private static final Duration MEASURE_INTERVAL = Duration.ofSeconds(1);

    /** A batch under way for longer makes the pipeline not ready. */
    private static final Duration SLOW = Duration.ofSeconds(30);

    private final Clock clock = Clock.systemUTC();
    private final PrometheusMeterRegistry registry;
    private final ProcessorMetrics metrics;
    private final PartHealth kafkaHealth;
    private final KafkaHealth kafka;
    private final PartHealth storeHealth = new PartHealth("store", "starting", clock);
    private final PartHealth pipelineHealth = new PartHealth("pipeline", "starting", clock);
    private final MongoStore store;
    private final StoreRetry retry;
    private final DeadLetterTopic deadLetters;
    private final BatchLane lane;
    private final IngestPipeline pipeline;
    private final RollupAudit audit;
    private final Duration shutdownTimeout;
    private final Vertx vertx;
    private final HttpApi http;
    private final Thread ingestThread;
    private final DrainEstimate drain = new DrainEstimate();
    private final List<Periodic> periodic = new ArrayList<>();
    private boolean closed;
    private volatile @Nullable Throwable failure;

    private Processor(ProcessorConfig config, Step.Observer steps) {
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics = new ProcessorMetrics(registry);
        store = new MongoStore(config.store());
        retry = new StoreRetry(storeHealth, metrics);
        kafkaHealth =
                new PartHealth(
                        "kafka",
                        "waiting for Kafka at " + config.consume().bootstrapServers(),
                        clock);
        kafka = new KafkaHealth(kafkaHealth, config.consume().bootstrapServers());
        deadLetters = new DeadLetterTopic(config.consume(), kafka);
        var math = new RollupMath(config.ingest().sampleInterval());
        var changedHours = new ChangedHours(store, retry, metrics, clock, config.audit().lease());
        lane =
                new BatchLane(
                        config.ingest().inFlightBatches(),
                        new MongoEventWriter(store, retry, metrics),
                        new SeriesCap(
                                config.ingest().maxSeriesPerBucket(), store, retry, metrics, clock),
                        deadLetters,
                        new MongoRollups(store, math, retry, metrics, clock),
                        changedHours,
                        metrics,
                        clock,
                        steps);
        pipeline =
                new IngestPipeline(
                        config.ingest(),
                        revocation ->
                                new KafkaEventConsumer(
                                        config.consume(), metrics, kafka, revocation),
                        new ScanningEventDecoder(new EventCodec(config.limits()), clock),
                        lane,
                        metrics,
                        pipelineHealth,
                        clock,
                        steps);
        audit =
                new RollupAudit(
                        store, changedHours, math, metrics, clock, config.audit(), config.store());
        shutdownTimeout = config.ingest().shutdownTimeout();
        vertx = Vertx.vertx();
        http = startHttp(config);
        ingestThread = Thread.ofPlatform().name("ingest").unstarted(this::ingest);
    }

    /**
     * Starts one; returns at once, whatever of Kafka and the store is not there yet.
     *
     * @throws IllegalStateException when HTTP cannot listen, in one line that names the variable
     */
    public static Processor start(ProcessorConfig config) {
        return start(config, _ -> {});
    }

    /** Starts one that tells where it is. */
    static Processor start(ProcessorConfig config, Step.Observer steps) {
        var processor = new Processor(config, steps);
        processor.begin(config);
        return processor;
    }

    /** Where HTTP listens. */
    public int httpPort() {
        return http.port();
    }

    /** The state of every part. */
    public HealthReport health() {
        return new HealthReport(
                failure == null,
                List.of(kafkaHealth.report(), storeHealth.report(), pipelineHealth()));
    }

    private HealthReport.Part pipelineHealth() {
        var part = pipelineHealth.report();
        var since = pipeline.oldestUnderWay();
        if (!part.up() || since == null || since.plus(SLOW).isAfter(clock.instant())) {
            return part;
        }
        return new HealthReport.Part(
                part.name(), false, "the oldest batch is not stored yet", since);
    }

    /** Counts since the start. */
    public ProcessorStats stats() {
        return new ProcessorStats(
                metrics.received(),
                metrics.stored(),
                metrics.duplicates(),
                metrics.rejected(),
                pipeline.consumer().lag());
    }

    /** Bytes of records that are read and not done. */
    long bytesUnderWay() {
        return pipeline.bytesUnderWay();
    }

    /** How many partitions it reads. */
    int assignedPartitions() {
        return pipeline.consumer().assigned().size();
    }

    /** Waits until it is closed or has failed. */
    void awaitEnd() throws InterruptedException {
        ingestThread.join();
    }

    /** What ended it; a fault of the program, for neither Kafka nor the store ends it. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Finishes what is under way, commits, leaves the group and closes everything. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        periodic.forEach(Periodic::close);
        pipeline.stop();
        if (!pipeline.isRunning()) {
            retry.abort(); // it waits for the store to begin, there is nothing to drain
        }
        try {
            if (!ingestThread.join(shutdownTimeout.plus(CLOSE_MARGIN))) {
                log.atWarn().log("the pipeline did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.close();
        closeParts();
    }

    private void begin(ProcessorConfig config) {
        metrics.gauge(
                "processor.drain.seconds", "The lag at the present rate", drain, d -> d.seconds());
        metrics.gauge(
                "processor.buffer.bytes",
                "Records that are read and not done",
                pipeline,
                p -> (double) p.bytesUnderWay());
        ingestThread.start();
        periodic.add(new Periodic("measure", MEASURE_INTERVAL, this::measure));
        if (!config.audit().interval().isZero()) {
            periodic.add(new Periodic("audit", config.audit().interval(), audit::auditChanged));
        }
    }

    private void measure() {
        var stats = stats();
        metrics.lags(pipeline.consumer().lags());
        drain.update(
                stats.stored() + stats.duplicates() + stats.rejected(),
                stats.lag(),
                MEASURE_INTERVAL);
    }

    private void ingest() {
        try {
            retry.untilAnswered(
                    "making indexes",
                    () -> {
                        store.prepare();
                        return store;
                    });
            pipeline.run();
        } catch (InterruptedException e) {
            log.atInfo().log("the pipeline was interrupted");
        } catch (RuntimeException | Error e) {
            failure = e;
            pipelineHealth.down("the pipeline failed: " + e);
            log.atError().setCause(e).log("the pipeline failed");
            pipeline.consumer().abandon();
        } finally {
            pipeline.consumer().close();
        }
    }

    private HttpApi startHttp(ProcessorConfig config) {
        try {
            return HttpApi.start(
                    vertx,
                    config.http(),
                    MongoUsageQueries.of(store, retention(config), config.http().limits(), clock),
                    this::health,
                    registry);
        } catch (IllegalStateException e) {
            pipeline.consumer().close();
            closeParts();
            throw e;
        }
    }

    private static RollupRetention retention(ProcessorConfig config) {
        return new RollupRetention(
                config.store().minuteRetention(),
                config.store().hourRetention(),
                config.limits().maxLead());
    }

    private void closeParts() {
        retry.abort();
        lane.close();
        deadLetters.close();
        store.close();
        registry.close();
        closeVertx();
    }

    private void closeVertx() {
        try {
            vertx.close().await(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.atWarn().log("HTTP did not end in time");
        }
    }
}
