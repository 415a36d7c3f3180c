package gpuanalytics.processor;

import gpuanalytics.event.EventCodec;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.consume.KafkaEventConsumer;
import gpuanalytics.processor.decode.ScanningEventDecoder;
import gpuanalytics.processor.health.HealthReport;
import gpuanalytics.processor.health.PartHealth;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.rollup.SeriesCap;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.write.MongoEventWriter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
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
    private static final Duration CLOSE_MARGIN = Duration.ofSeconds(8);

    private final Clock clock = Clock.systemUTC();
    private final PrometheusMeterRegistry registry;
    private final ProcessorMetrics metrics;
    private final PartHealth kafkaHealth = new PartHealth("kafka", "starting", clock);
    private final PartHealth storeHealth = new PartHealth("store", "starting", clock);
    private final PartHealth pipelineHealth = new PartHealth("pipeline", "starting", clock);
    private final MongoStore store;
    private final StoreRetry retry;
    private final DeadLetterTopic deadLetters;
    private final BatchLane lane;
    private final IngestPipeline pipeline;
    private final Thread ingestThread;
    private volatile boolean failed;

    private Processor(ProcessorConfig config, Step.Observer steps) {
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics = new ProcessorMetrics(registry);
        store = new MongoStore(config.store());
        retry = new StoreRetry(storeHealth, metrics);
        deadLetters = new DeadLetterTopic(config.consume(), kafkaHealth);
        var math = new RollupMath(config.ingest().sampleInterval());
        lane =
                new BatchLane(
                        config.ingest().inFlightBatches(),
                        new MongoEventWriter(store, retry, metrics),
                        new SeriesCap(
                                config.ingest().maxSeriesPerBucket(), store, retry, metrics, clock),
                        deadLetters,
                        new MongoRollups(store, math, retry, metrics, clock),
                        metrics,
                        clock,
                        steps);
        pipeline =
                new IngestPipeline(
                        config.ingest(),
                        revocation ->
                                new KafkaEventConsumer(
                                        config.consume(), metrics, kafkaHealth, revocation),
                        new ScanningEventDecoder(new EventCodec(config.limits()), clock),
                        lane,
                        metrics,
                        pipelineHealth,
                        steps);
        ingestThread = Thread.ofPlatform().name("ingest").unstarted(this::ingest);
    }

    /** Starts one; returns at once, whatever is not there yet. */
    public static Processor start(ProcessorConfig config) {
        return start(config, _ -> {});
    }

    /** Starts one that tells where it is. */
    static Processor start(ProcessorConfig config, Step.Observer steps) {
        var processor = new Processor(config, steps);
        processor.ingestThread.start();
        return processor;
    }

    /** The state of every part. */
    public HealthReport health() {
        return new HealthReport(
                !failed,
                List.of(kafkaHealth.report(), storeHealth.report(), pipelineHealth.report()));
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

    /** Finishes what is under way, commits, leaves the group and closes everything. */
    @Override
    public void close() {
        pipeline.stop();
        try {
            if (!ingestThread.join(CLOSE_MARGIN)) {
                log.atWarn().log("the pipeline did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeParts();
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
            failed = true;
            pipelineHealth.down("the pipeline failed: " + e);
            log.atError().setCause(e).log("the pipeline failed");
            pipeline.consumer().abandon();
        } finally {
            pipeline.consumer().close();
        }
    }

    private void closeParts() {
        retry.abort();
        lane.close();
        deadLetters.close();
        store.close();
        registry.close();
    }
}
