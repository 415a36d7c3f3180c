package gpuanalytics.processor;

import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.batch.Batcher;
import gpuanalytics.processor.batch.Moment;
import gpuanalytics.processor.batch.UnderWay;
import gpuanalytics.processor.consume.AssignedPartition;
import gpuanalytics.processor.consume.KafkaEventConsumer;
import gpuanalytics.processor.decode.Decoding;
import gpuanalytics.processor.gpuname.GpuNaming;
import gpuanalytics.processor.meter.Metering;
import gpuanalytics.processor.rollup.CountedBatch;
import gpuanalytics.processor.rollup.Rollups;
import gpuanalytics.processor.series.SeriesCap;
import gpuanalytics.processor.write.EventWrites;
import gpuanalytics.processor.write.Writers;
import gpuanalytics.service.health.PartHealth;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of every record: consume, decode, series, meter, write, names, rollup, commit.
 *
 * <p>One thread, the ingest thread, runs {@link #run}. It never waits for the store, so the group
 * keeps its member however slow the store is. A record is committed when all of its effects are
 * acknowledged, and each effect is such that repeating it changes nothing; so whatever ends
 * whenever, every record counts exactly once.
 */
final class IngestPipeline implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(IngestPipeline.class);

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(50);

    /**
     * While nothing is fetched, and while a batch waits for a writer: what the writers have left
     * must last until this is over.
     */
    private static final Duration FULL_TIMEOUT = Duration.ofMillis(10);

    private final IngestSettings settings;
    private final KafkaEventConsumer consumer;
    private final Decoding decode;
    private final Batcher batcher;
    private final SeriesCap series;
    private final Metering meter;
    private final EventWrites write;
    private final GpuNaming names;
    private final Writers writers;
    private final Rollups rollup;
    private final UnderWay underWay;
    private final PartHealth health;

    private volatile boolean running;
    private volatile boolean stopping;

    /**
     * @param consumer makes the consumer, given who is told before partitions go
     */
    IngestPipeline(
            IngestSettings settings,
            Function<KafkaEventConsumer.Revocation, KafkaEventConsumer> consumer,
            Decoding decode,
            Batcher batcher,
            SeriesCap series,
            Metering meter,
            EventWrites write,
            GpuNaming names,
            Rollups rollup,
            UnderWay underWay,
            PartHealth health) {
        this.settings = settings;
        this.consumer = consumer.apply(this::finish);
        this.decode = decode;
        this.batcher = batcher;
        this.series = series;
        this.meter = meter;
        this.write = write;
        this.names = names;
        this.writers = new Writers(settings.inFlightBatches());
        this.rollup = rollup;
        this.underWay = underWay;
        this.health = health;
    }

    /** Runs until {@link #stop}, then finishes what is under way, commits and leaves the group. */
    void run() throws InterruptedException {
        running = true;
        health.up("running");
        while (!stopping) {
            // Full: nothing more is fetched, but poll goes on, so the group keeps its member.
            var full = underWay.bytes() >= settings.bufferBytes();
            consumer.setFull(full);
            var wait = full ? FULL_TIMEOUT : batcher.wait(POLL_TIMEOUT, FULL_TIMEOUT);
            var records = consumer.poll(wait);
            underWay.reached(Moment.POLLED);
            // A bad record is a value that goes to the dead letters; it stops nobody.
            var decoded = decode.decode(records);
            underWay.reached(Moment.DECODED);
            carry(batcher.add(decoded, writers.hasFree()));
            // Only what is done is committed: a restart begins at or before the first effect owed.
            consumer.commitDue();
            underWay.reached(Moment.COMMITTED);
        }
        drain();
    }

    /** Sends batches on their way, and takes those that are at its end. */
    private void carry(List<Batch> batches) throws InterruptedException {
        for (var batch : batches) {
            underWay.begun(batch);
            var turn = meter.turn();
            var counted = writers.start(() -> store(batch, turn));
            // rollups once by their guards, in the order of the batches.
            rollup.gather(batch, counted);
        }
        while (takeDone(Duration.ZERO)) {
            underWay.reached(Moment.COMPLETED);
        }
    }

    /** What of a batch counts in rollups, once it is stored; on a writer's thread. */
    private CountedBatch store(Batch batch, Metering.Turn turn) throws InterruptedException {
        // What depends on others is decided before it is stored, so that it stays decided; raw
        // documents once by their identity, several batches at the same time.
        var counted = turn.store(series.mark(batch), write::write);
        names.learn(counted.rows());
        return counted;
    }

    /** Asks the ingest thread to end in good order; any thread. */
    void stop() {
        stopping = true;
    }

    /** Whether {@link #run} has begun; any thread. */
    boolean isRunning() {
        return running;
    }

    KafkaEventConsumer consumer() {
        return consumer;
    }

    private boolean takeDone(Duration timeout) throws InterruptedException {
        var end = rollup.next(timeout);
        if (end == null) {
            return false;
        }
        underWay.done(end.progress());
        if (end.complete()) {
            // Only what is acknowledged in full is done, and all before it is done too.
            end.progress().complete();
            meter.batchDone();
        }
        return true;
    }

    /** Waits until all that is under way is done, at most so long. */
    private void finish(Collection<AssignedPartition> partitions, Duration timeout) {
        underWay.reached(Moment.REVOKING);
        try {
            carry(batcher.rest());
            finish(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.atDebug()
                .addKeyValue("partitions", partitions)
                .addKeyValue("undone", underWay.records())
                .log("partitions are given back");
    }

    private void finish(Duration timeout) throws InterruptedException {
        var deadline = System.nanoTime() + timeout.toNanos();
        rollup.hurry(true);
        while (underWay.records() > 0 && System.nanoTime() < deadline) {
            takeDone(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
        rollup.hurry(false);
    }

    private void drain() throws InterruptedException {
        health.stopping();
        // What nobody has begun to store is read again by whoever comes next, with no harm done;
        // to store a full buffer first could take longer than a shutdown may.
        carry(batcher.rest());
        writers.cancelUnbegun();
        finish(settings.shutdownTimeout());
        if (underWay.records() > 0) {
            log.atWarn()
                    .addKeyValue("records", underWay.records())
                    .log("shutdown waits no longer; these records are read again");
        }
        consumer.commitNow();
    }

    /** Gives up at once what is under way; it is read again by whoever comes next. */
    @Override
    public void close() {
        writers.close();
        rollup.close();
    }
}
