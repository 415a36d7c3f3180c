package gpuanalytics.producer;

import gpuanalytics.producer.publish.EventPublisher;
import gpuanalytics.producer.publish.KafkaPublisher;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One source on its way to Kafka: its loop, on a thread of its own, and what became of it. */
final class SourceRun implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SourceRun.class);

    private static final Duration END_TIMEOUT = Duration.ofSeconds(3);

    private final String name;
    private final KafkaPublisher kafka;
    private final EventPublisher publisher;
    private final Feed feed;
    private final SampleLoop loop;
    private final PartHealth health;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;

    /**
     * Opens a source.
     *
     * @param name its kind, as in health and metrics
     * @throws gpuanalytics.service.config.ConfigurationException if its input cannot be used
     */
    SourceRun(
            String name,
            SourceConfig config,
            KafkaPublisher kafka,
            Clock clock,
            MeterRegistry meters) {
        this.name = name;
        this.kafka = kafka;
        this.publisher = kafka.forSource(name);
        this.feed = config.open(clock, this::wake);
        this.loop = new SampleLoop(feed.events(), publisher, clock, feed.batch(), feed::pause);
        this.health = new PartHealth("source." + name, "not started", clock);
        this.thread = Thread.ofPlatform().name("source-" + name).unstarted(this::run);
        registerMeters(meters);
    }

    private void registerMeters(MeterRegistry meters) {
        Gauge.builder("producer.source.up", health, part -> part.report().up() ? 1 : 0)
                .description("1 while the source runs or has ended as it should, 0 when it failed")
                .tag("source", name)
                .register(meters);
        for (var reason : feed.dropReasons()) {
            FunctionCounter.builder(
                            "producer.rows.dropped",
                            feed.events(),
                            rows -> rows.droppedRows().getOrDefault(reason, 0L))
                    .description("Rows of traces that gave no event")
                    .tag("source", name)
                    .tag("reason", reason)
                    .register(meters);
        }
    }

    Feed feed() {
        return feed;
    }

    void start() {
        health.up("runs");
        thread.start();
        feed.start();
    }

    /** Events may be due earlier than the source has said. */
    private void wake() {
        loop.wake();
    }

    private void run() {
        try {
            loop.run();
            LOG.atInfo().addKeyValue("source", name).addKeyValue("totals", totals()).log("end");
            feed.events()
                    .refusedRows()
                    .forEach(rows -> LOG.atInfo().addKeyValue("source", name).log(rows.toString()));
            noteEnd();
        } catch (RuntimeException | Error e) {
            failure = e;
            health.down("failed: " + e);
            LOG.atError().addKeyValue("source", name).setCause(e).log("the source has failed");
        } finally {
            ended.countDown();
        }
    }

    private void noteEnd() {
        if (kafka.failure().isPresent()) {
            health.down("ended, for Kafka refuses records");
        } else {
            health.up(feed.events().ended() ? "has ended" : "was stopped");
        }
    }

    /** What became of the source, with its totals. */
    HealthReport.Part part() {
        var part = health.report();
        var totals = totals();
        return new HealthReport.Part(
                part.name(),
                part.up(),
                "%s: %d samples, %d usages with Kafka, %d failed"
                        .formatted(
                                part.detail(),
                                totals.samples(),
                                totals.requests(),
                                totals.failures()),
                part.since());
    }

    /** What it has published so far. */
    Totals totals() {
        return Totals.of(publisher.delivered(), feed.events().droppedRows());
    }

    /** Why it has failed, if so. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Waits until it has ended or failed. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Begins to stop: nothing more is taken from the source. */
    void stop() {
        loop.stop();
        feed.leave();
    }

    /** Waits, for a short time, until it has stopped. */
    void awaitStopped() {
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(END_TIMEOUT)) {
                LOG.atWarn().addKeyValue("source", name).log("the loop did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the source; nobody waits for it any more. */
    @Override
    public void close() {
        ended.countDown();
        feed.close();
    }
}
