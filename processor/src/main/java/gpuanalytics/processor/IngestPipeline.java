package gpuanalytics.processor;

import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.consume.AssignedPartition;
import gpuanalytics.processor.consume.KafkaEventConsumer;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.decode.EventDecoder;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.service.health.PartHealth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of every record: poll, decode, write, roll up, commit.
 *
 * <p>One thread, the ingest thread, runs {@link #run}. It never waits for the store, so the group
 * keeps its member however slow the store is. A record is committed when all of its effects are
 * acknowledged, and each effect is such that repeating it changes nothing; so whatever ends
 * whenever, every record counts exactly once.
 */
final class IngestPipeline {

    private static final Logger log = LoggerFactory.getLogger(IngestPipeline.class);

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(50);

    private final IngestSettings settings;
    private final KafkaEventConsumer consumer;
    private final EventDecoder decoder;
    private final BatchLane lane;
    private final ProcessorMetrics metrics;
    private final PartHealth health;
    private final Clock clock;
    private final Step.Observer steps;

    private Batch.@Nullable Builder open;
    private final AtomicLong bytesUnderWay = new AtomicLong();
    private final AtomicLong recordsUnderWay = new AtomicLong();
    private final ArrayDeque<Instant> dispatchedAt = new ArrayDeque<>();
    private volatile @Nullable Instant oldestUnderWay;
    private volatile boolean running;
    private volatile boolean stopping;

    interface ConsumerFactory {
        KafkaEventConsumer create(KafkaEventConsumer.Revocation revocation);
    }

    IngestPipeline(
            IngestSettings settings,
            ConsumerFactory consumers,
            EventDecoder decoder,
            BatchLane lane,
            ProcessorMetrics metrics,
            PartHealth health,
            Clock clock,
            Step.Observer steps) {
        this.settings = settings;
        this.consumer = consumers.create(this::finish);
        this.decoder = decoder;
        this.lane = lane;
        this.metrics = metrics;
        this.health = health;
        this.clock = clock;
        this.steps = steps;
    }

    /** Runs until {@link #stop}, then finishes what is under way, commits and leaves the group. */
    void run() throws InterruptedException {
        running = true;
        health.up("running");
        while (!stopping) {
            // Full: nothing more is fetched, but poll goes on, so the group keeps its member.
            consumer.setFull(bytesUnderWay.get() >= settings.bufferBytes());
            var records = consumer.poll(POLL_TIMEOUT);
            steps.reached(Step.POLLED);
            // A bad record is a value that goes to the dead letters; it stops nobody.
            decode(records);
            // Raw documents once by their identity, rollups once by their guards, in offset order.
            dispatchDue();
            // Only what is acknowledged in full is done, and all before it is done too.
            collectCompleted();
            steps.reached(Step.BEFORE_COMMIT);
            // Only what is done is committed: a restart begins at or before the first effect owed.
            consumer.commitDue();
            steps.reached(Step.COMMITTED);
        }
        drain();
    }

    /** Asks the ingest thread to end in good order; any thread. */
    void stop() {
        stopping = true;
    }

    /** Whether {@link #run} has begun; any thread. */
    boolean isRunning() {
        return running;
    }

    /** When the oldest batch that is not done was dispatched, null where there is none. */
    @Nullable Instant oldestUnderWay() {
        return oldestUnderWay;
    }

    /** Records that are read and not done; any thread. */
    long recordsUnderWay() {
        return recordsUnderWay.get();
    }

    /** Bytes of records that are read and not done; any thread. */
    long bytesUnderWay() {
        return bytesUnderWay.get();
    }

    KafkaEventConsumer consumer() {
        return consumer;
    }

    private void decode(List<RawRecord> records) {
        for (var record : records) {
            metrics.received(record.partition().kind(), 1);
            var decoded = decoder.decode(record);
            var batch = openBatch();
            batch.add(decoded);
            bytesUnderWay.addAndGet(decoded.bytes());
            recordsUnderWay.incrementAndGet();
            if (settings.batch().isFull(batch.size(), batch.bytes())) {
                dispatchOpen();
            }
        }
        steps.reached(Step.DECODED);
    }

    private Batch.Builder openBatch() {
        var batch = open;
        if (batch == null) {
            batch = new Batch.Builder(System.nanoTime());
            open = batch;
        }
        return batch;
    }

    private void dispatchDue() {
        var batch = open;
        if (batch == null) {
            return;
        }
        var age = Duration.ofNanos(System.nanoTime() - batch.openedNanos());
        if (settings.batch().isDue(batch.size(), batch.bytes(), age)) {
            dispatchOpen();
        }
    }

    private void dispatchOpen() {
        var batch = open;
        if (batch == null) {
            return;
        }
        open = null;
        lane.dispatch(batch.build());
        dispatchedAt.add(clock.instant());
        oldestUnderWay = dispatchedAt.peek();
        steps.reached(Step.DISPATCHED);
    }

    private void collectCompleted() throws InterruptedException {
        while (collectOne(Duration.ZERO)) {
            steps.reached(Step.COMPLETED);
        }
    }

    private void forget(Batch batch) {
        bytesUnderWay.addAndGet(-batch.bytes());
        recordsUnderWay.addAndGet(-batch.size());
    }

    private boolean collectOne(Duration timeout) throws InterruptedException {
        var batch = lane.nextCompleted(timeout);
        if (batch == null) {
            return false;
        }
        forget(batch);
        dispatchedAt.poll();
        oldestUnderWay = dispatchedAt.peek();
        batch.next().forEach(AssignedPartition::complete);
        return true;
    }

    /** Waits until all that is under way is done, at most so long. */
    private void finish(Collection<AssignedPartition> partitions, Duration timeout) {
        steps.reached(Step.REVOKING);
        try {
            finish(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.atDebug()
                .addKeyValue("partitions", partitions)
                .addKeyValue("undone", recordsUnderWay)
                .log("partitions are given back");
    }

    private void finish(Duration timeout) throws InterruptedException {
        dispatchOpen();
        var deadline = System.nanoTime() + timeout.toNanos();
        while (recordsUnderWay.get() > 0 && System.nanoTime() < deadline) {
            collectOne(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
    }

    private void drain() throws InterruptedException {
        health.stopping();
        // What nobody has begun to store is read again by whoever comes next, with no harm done;
        // to store a full buffer first could take longer than a shutdown may.
        dispatchOpen();
        lane.takeBackUnbegun().forEach(this::forget);
        finish(settings.shutdownTimeout());
        if (recordsUnderWay.get() > 0) {
            log.atWarn()
                    .addKeyValue("records", recordsUnderWay)
                    .log("shutdown waits no longer; these records are read again");
        }
        consumer.commitNow();
    }
}
