package gpuanalytics.producer;

import gpuanalytics.producer.ProducerConfig.Source;
import gpuanalytics.producer.health.PartHealth;
import gpuanalytics.producer.http.ProducerHttp;
import gpuanalytics.producer.http.RateControl;
import gpuanalytics.producer.publish.KafkaPublisher;
import gpuanalytics.producer.shard.ShardMembership;
import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.replay.ReplaySource;
import gpuanalytics.producer.source.synthetic.SyntheticSource;
import gpuanalytics.service.config.ConfigurationException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running producer: a source, the publisher and the loop between them, and its HTTP port. */
public final class Producer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Producer.class);

    /** At a low rate events are published within a second nevertheless. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LOOP_END_TIMEOUT = Duration.ofSeconds(3);

    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ProducerConfig config;
    private final KafkaPublisher publisher;
    private final EventSource source;
    private final SampleLoop loop;
    private final @Nullable ShardMembership membership;
    private final ProducerHttp http;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable loopFailure;
    private volatile boolean closed;

    private Producer(ProducerConfig config, Clock clock) {
        this.config = config;
        this.publisher = new KafkaPublisher(config.kafka(), clock, meters);
        switch (config.source()) {
            case Source.Synthetic synthetic -> {
                var shards = new ShardMembership(synthetic.shards(), clock, this::wake);
                this.membership = shards;
                this.source = new SyntheticSource(synthetic.options(), shards);
                this.loop =
                        new SampleLoop(
                                source,
                                publisher,
                                clock,
                                synthetic.batch(),
                                pause(synthetic, shards));
                LOG.atInfo()
                        .addKeyValue("seed", synthetic.options().seed())
                        .addKeyValue("gpus", synthetic.options().fleet().size())
                        .addKeyValue("rate", synthetic.shards().configuredRate())
                        .log("simulating a fleet");
            }
            case Source.Replay replay -> {
                this.membership = null;
                this.source = new ReplaySource(replay.options());
                this.loop =
                        new SampleLoop(
                                source, publisher, clock, replay.batch(), () -> Duration.ZERO);
            }
        }
        registerMeters();
        this.http =
                ProducerHttp.start(
                        new ProducerHttp.Options(
                                config.http().host(),
                                config.http().port(),
                                this::parts,
                                () -> failure().isEmpty(),
                                meters,
                                rateControl(),
                                leastRate(),
                                ProducerConfig.MAX_RATE));
        this.thread = Thread.ofPlatform().name("producer-loop").unstarted(this::run);
    }

    /**
     * Starts. Kafka need not be there yet: it is waited for, as {@code /health} and the log say.
     *
     * @throws ConfigurationException if a trace cannot be replayed or the port cannot be listened
     *     on
     */
    public static Producer start(ProducerConfig config) {
        var producer = new Producer(config, Clock.systemUTC());
        producer.thread.start();
        if (producer.membership != null) {
            producer.membership.start();
        }
        return producer;
    }

    private void run() {
        try {
            loop.run();
            LOG.atInfo().addKeyValue("totals", totals()).log("end");
        } catch (RuntimeException e) {
            loopFailure = e;
            LOG.atError().setCause(e).log("the source has failed");
        } finally {
            ended.countDown();
        }
    }

    private void wake() {
        loop.wake();
    }

    private static Supplier<Duration> pause(Source.Synthetic synthetic, ShardMembership shards) {
        return () ->
                synthetic
                        .pause()
                        .orElseGet(
                                () -> {
                                    double share =
                                            SyntheticSource.eventsPerSecond(
                                                    synthetic.options(), shards.share());
                                    return batchTime(synthetic.batch(), share);
                                });
    }

    private static Duration batchTime(int batch, double eventsPerSecond) {
        double longest = LONGEST_PAUSE.toMillis();
        return Duration.ofNanos(
                Math.round(Math.min(batch / eventsPerSecond * 1000, longest) * 1_000_000));
    }

    private List<PartHealth> parts() {
        var parts = new ArrayList<PartHealth>();
        parts.add(publisher.health());
        if (membership != null) {
            parts.add(membership.health());
        }
        return parts;
    }

    private Optional<RateControl> rateControl() {
        return config.source() instanceof Source.Synthetic synthetic && membership != null
                ? Optional.of(new LiveRate(synthetic, membership))
                : Optional.empty();
    }

    private double leastRate() {
        return config.source() instanceof Source.Synthetic synthetic
                ? Math.max(ProducerConfig.MIN_RATE, synthetic.options().leastRate())
                : ProducerConfig.MIN_RATE;
    }

    /** The rate as the shards share it. */
    private record LiveRate(Source.Synthetic synthetic, ShardMembership shards)
            implements RateControl {

        @Override
        public Rate rate() {
            var share = shards.share();
            return new Rate(
                    shards.rate(),
                    SyntheticSource.eventsPerSecond(synthetic.options(), share),
                    share.rates().size(),
                    share.shards());
        }

        @Override
        public void change(double eventsPerSecond) throws IOException, InterruptedException {
            shards.changeRate(eventsPerSecond);
        }
    }

    private void registerMeters() {
        new JvmMemoryMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        for (var reason : ReplaySource.dropReasons()) {
            FunctionCounter.builder(
                            "producer.rows.dropped",
                            source,
                            rows -> rows.droppedRows().getOrDefault(reason, 0L))
                    .description("Rows of traces that gave no event")
                    .tag("reason", reason)
                    .register(meters);
        }
        rateControl()
                .ifPresent(
                        control -> {
                            Gauge.builder("producer.rate.target", control, c -> c.rate().rate())
                                    .description("Events per second of the whole deployment")
                                    .register(meters);
                            Gauge.builder("producer.rate.share", control, c -> c.rate().share())
                                    .description("Events per second of this replica")
                                    .register(meters);
                        });
    }

    /** What has been published so far. */
    public Totals totals() {
        return Totals.of(publisher.delivered(), source.droppedRows());
    }

    /**
     * Waits until the source has ended and all of it is acknowledged, or the producer has failed or
     * was closed.
     *
     * @return whether that was within the limit
     */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits as {@link #awaitEnd(Duration)} without a limit. */
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Why it cannot go on, if so. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(loopFailure).or(publisher::failure);
    }

    public int httpPort() {
        return http.port();
    }

    /**
     * Changes the rate of the whole deployment.
     *
     * @throws IOException if it could not be changed
     * @throws IllegalArgumentException if the rate is not allowed or the source has none
     */
    public void setRate(double eventsPerSecond) throws IOException, InterruptedException {
        if (eventsPerSecond < leastRate() || eventsPerSecond > ProducerConfig.MAX_RATE) {
            throw new IllegalArgumentException(
                    "rate is %s, expected %s to %.0f"
                            .formatted(eventsPerSecond, leastRate(), ProducerConfig.MAX_RATE));
        }
        if (membership == null) {
            throw new IllegalArgumentException("a replay has no rate, its pace is REPLAY_SPEED");
        }
        membership.changeRate(eventsPerSecond);
    }

    /** Stops: events under way have the flush time-out to be acknowledged. Safe to call again. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        loop.stop();
        if (membership != null) {
            membership.leave();
        }
        try {
            if (!thread.join(LOOP_END_TIMEOUT)) {
                LOG.warn("the loop did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        publisher.close();
        if (membership != null) {
            membership.close();
        }
        source.close();
        http.close();
        ended.countDown();
    }
}
