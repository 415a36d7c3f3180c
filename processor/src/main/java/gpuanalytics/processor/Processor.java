package gpuanalytics.processor;

import gpuanalytics.event.EventCodec;
import gpuanalytics.processor.api.ApiSources;
import gpuanalytics.processor.api.HttpApi;
import gpuanalytics.processor.audit.RollupAudit;
import gpuanalytics.processor.batch.Batcher;
import gpuanalytics.processor.batch.Moment;
import gpuanalytics.processor.batch.UnderWay;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.conflict.Conflicts;
import gpuanalytics.processor.consume.DeadLetterReader;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.consume.KafkaEventConsumer;
import gpuanalytics.processor.consume.KafkaHealth;
import gpuanalytics.processor.day.TokenDayKeeper;
import gpuanalytics.processor.decode.Decoding;
import gpuanalytics.processor.decode.ScanningEventDecoder;
import gpuanalytics.processor.gpuname.GpuNaming;
import gpuanalytics.processor.meter.Metering;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.metrics.ProcessorMetrics.SaidAgain;
import gpuanalytics.processor.query.MongoUsageQueries;
import gpuanalytics.processor.query.RollupRetention;
import gpuanalytics.processor.query.UsageQueries;
import gpuanalytics.processor.reject.RecordNotices;
import gpuanalytics.processor.reject.Rejects;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.rollup.Rollups;
import gpuanalytics.processor.series.SeriesCap;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.write.EventWrites;
import gpuanalytics.processor.write.MongoEventWriter;
import gpuanalytics.processor.write.Tally;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import gpuanalytics.service.lifecycle.Closing;
import gpuanalytics.service.lifecycle.Periodic;
import gpuanalytics.service.lifecycle.RunningService;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running processor: its parts, wired together.
 *
 * <p>It starts whether Kafka and the store are there or not, waits for both, and goes on by itself;
 * {@link #health} says for what it waits.
 */
public final class Processor implements RunningService {

    private static final Logger log = LoggerFactory.getLogger(Processor.class);

    /** What comes after the drain: the last commit, leaving the group, closing the clients. */
    private static final Duration CLOSE_MARGIN = Duration.ofSeconds(4);

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
    private final UnderWay underWay;
    private final GpuNaming names;
    private final IngestPipeline pipeline;
    private final RollupAudit audit;
    private final TokenDayKeeper tokenDays;
    private final CostWiring costs;
    private final Duration shutdownTimeout;
    private final HttpApi http;
    private final Thread ingestThread;
    private final Standing standing;
    private final List<Periodic> periodic = new ArrayList<>();
    private boolean closed;
    private volatile @Nullable Throwable failure;

    private Processor(ProcessorConfig config, Moment.Observer steps) {
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
        underWay = new UnderWay(clock, steps);
        var math = new RollupMath(config.ingest().sampleInterval());
        var changedHours = new ChangedHours(store, retry, metrics, clock, config.audit().lease());
        names =
                new GpuNaming(
                        store,
                        config.ingest().series().gpus(),
                        config.store().hourRetention(),
                        retry,
                        metrics,
                        clock);
        pipeline = pipeline(config, math, changedHours);
        audit =
                new RollupAudit(
                        store, changedHours, math, metrics, clock, config.audit(), config.store());
        tokenDays = tokenDays(config, changedHours);
        costs =
                new CostWiring(
                        config, store, usage(config), changedHours, metrics, registry, clock);
        shutdownTimeout = config.ingest().shutdownTimeout();
        standing = new Standing(this::stats, this::health, metrics, clock);
        http = startHttp(config);
        ingestThread = Thread.ofPlatform().name("ingest").unstarted(this::ingest);
    }

    private TokenDayKeeper tokenDays(ProcessorConfig config, ChangedHours changedHours) {
        var timeout = config.store().answerTimeout();
        return new TokenDayKeeper(store, changedHours, metrics, clock, timeout, config.tokenDays());
    }

    private IngestPipeline pipeline(
            ProcessorConfig config, RollupMath math, ChangedHours changedHours) {
        var settings = config.ingest();
        var decoder =
                new ScanningEventDecoder(
                        new EventCodec(config.limits()),
                        clock,
                        config.ingest().sampleInterval(),
                        metrics::readingRefused);
        var notices = new RecordNotices(clock);
        var write =
                new EventWrites(
                        new MongoEventWriter(store, settings.identity(), retry, metrics),
                        new Rejects(deadLetters, metrics, notices),
                        new Conflicts(store, settings.maxConflicts(), retry, metrics, clock),
                        new Tally(metrics, notices, clock),
                        underWay);
        var rollups =
                new MongoRollups(store, math, settings.series().gpus(), retry, metrics, clock);
        return new IngestPipeline(
                settings,
                revocation -> new KafkaEventConsumer(config.consume(), metrics, kafka, revocation),
                new Decoding(decoder, config.limits().maxItems(), metrics),
                new Batcher(settings.batch(), underWay, metrics),
                new SeriesCap(settings.series(), store, retry, metrics, clock),
                Metering.of(settings.meter(), store, retry, metrics),
                write,
                names,
                new Rollups(settings.flush(), rollups, changedHours, underWay),
                underWay,
                pipelineHealth);
    }

    /**
     * Starts one; returns at once, whatever of Kafka and the store is not there yet.
     *
     * @throws ConfigurationException when HTTP cannot listen, in one line that names the variable
     */
    public static Processor start(ProcessorConfig config) {
        return start(config, _ -> {});
    }

    /** Starts one that tells where it is. */
    static Processor start(ProcessorConfig config, Moment.Observer steps) {
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
        var since = underWay.oldest();
        if (!part.up() || since == null || since.plus(SLOW).isAfter(clock.instant())) {
            return part;
        }
        return new HealthReport.Part(part.name(), false, "the oldest batch is not done yet", since);
    }

    /** Counts since the start. */
    public ProcessorStats stats() {
        return new ProcessorStats(
                metrics.received(),
                metrics.stored(),
                metrics.duplicates(),
                metrics.rejected(),
                lag());
    }

    /** Of the stored events since the start, those that were not the first of their identity. */
    public Map<SaidAgain, Long> saidAgain() {
        var events = new EnumMap<SaidAgain, Long>(SaidAgain.class);
        for (var how : SaidAgain.values()) {
            events.put(how, metrics.saidAgain(how));
        }
        return events;
    }

    /** What the broker had a second ago may be less than what is read and not done by now. */
    private long lag() {
        var asOfTheBroker = pipeline.consumer().lag();
        return asOfTheBroker < 0 ? asOfTheBroker : Math.max(asOfTheBroker, underWay.records());
    }

    /** Bytes of records that are read and not done. */
    long bytesUnderWay() {
        return underWay.bytes();
    }

    /** How many partitions it reads. */
    int assignedPartitions() {
        return pipeline.consumer().assigned().size();
    }

    /** Waits until it is closed or has failed. */
    @Override
    public void awaitEnd() throws InterruptedException {
        ingestThread.join();
    }

    /** What ended it; a fault of the program, for neither Kafka nor the store ends it. */
    @Override
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
        standing.register(underWay);
        ingestThread.start();
        periodic.add(new Periodic("measure", Standing.MEASURE_INTERVAL, this::measure));
        periodic.add(new Periodic("names", GpuNaming.CONFIRM_INTERVAL, names::confirm));
        if (!config.audit().interval().isZero()) {
            periodic.add(new Periodic("audit", config.audit().interval(), audit::auditChanged));
        }
        if (!config.tokenDays().interval().isZero()) {
            periodic.add(new Periodic("days", config.tokenDays().interval(), tokenDays::keep));
        }
        periodic.addAll(costs.begin());
    }

    private void measure() {
        metrics.lags(pipeline.consumer().lags());
        standing.measure(pipeline.consumer().takeSaturated());
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
            return HttpApi.start(config.http(), sources(config), standing::state, registry);
        } catch (ConfigurationException e) {
            pipeline.consumer().close();
            closeParts();
            throw e;
        }
    }

    private ApiSources sources(ProcessorConfig config) {
        return costs.sources(new DeadLetterReader(config.consume()));
    }

    private UsageQueries usage(ProcessorConfig config) {
        var kept =
                new RollupRetention(
                        config.store().minuteRetention(),
                        config.store().hourRetention(),
                        config.limits().maxLead());
        return MongoUsageQueries.of(store, kept, config.http().limits(), clock);
    }

    private void closeParts() {
        Closing.inOrder(retry::abort, costs, pipeline, deadLetters, store, registry::close);
    }
}
