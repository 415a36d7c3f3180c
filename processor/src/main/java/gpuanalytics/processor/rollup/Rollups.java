package gpuanalytics.processor.rollup;

import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.batch.Moment;
import gpuanalytics.processor.batch.Progress;
import gpuanalytics.processor.batch.UnderWay;
import gpuanalytics.processor.change.ChangedHours;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The rollup step: gathers the rows of written batches for a moment and flushes them together, so
 * that many rows become one update. A thread of its own takes the batches in the order they came
 * in, which is the order of offsets within each partition.
 */
public final class Rollups implements AutoCloseable {

    /** How long it may take to notice that it shall hurry. */
    private static final long LONGEST_WAIT_NANOS = Duration.ofMillis(20).toNanos();

    /**
     * What is left of a batch that needs no more of this step.
     *
     * @param complete whether all of its records are done; else it is given back, nothing of it
     *     done
     */
    public record Flushed(Progress progress, boolean complete) {}

    private record Arrived(Batch batch, Future<CountedBatch> rows) {}

    private final FlushPolicy policy;
    private final MongoRollups store;
    private final ChangedHours changedHours;
    private final UnderWay underWay;
    private final Thread thread;
    private final LinkedBlockingQueue<Arrived> incoming = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Flushed> flushed = new LinkedBlockingQueue<>();
    private volatile boolean eager;
    private volatile @Nullable Throwable failure;

    // The thread's own.
    private Gathered gathered;
    private final List<Flushed> ends = new ArrayList<>();
    private @Nullable Arrived next;
    private long firstNanos;

    public Rollups(
            FlushPolicy policy, MongoRollups store, ChangedHours changedHours, UnderWay underWay) {
        this.policy = policy;
        this.store = store;
        this.gathered = store.gathered();
        this.changedHours = changedHours;
        this.underWay = underWay;
        this.thread = Thread.ofPlatform().name("rollup").daemon().start(this::run);
    }

    /** Takes a batch whose rows are being written; does not wait. */
    public void gather(Batch batch, Future<CountedBatch> rows) {
        incoming.add(new Arrived(batch, rows));
    }

    /** Whether to flush as soon as nothing more is written, without waiting for other rows. */
    public void hurry(boolean now) {
        eager = now;
    }

    /** The next batch that needs no more, in the order they came in; null when none is in time. */
    public @Nullable Flushed next(Duration timeout) throws InterruptedException {
        var end = flushed.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (end == null && failure != null) {
            throw new IllegalStateException("the pipeline failed", failure);
        }
        return end;
    }

    /** Gives up at once what is not flushed; it is read again by whoever comes next. */
    @Override
    public void close() {
        thread.interrupt();
        store.close();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                gatherNext();
                if (isDue()) {
                    flush();
                }
            }
        } catch (InterruptedException ignored) {
            // closed
        } catch (ExecutionException e) {
            failure = e.getCause() instanceof InterruptedException ? null : e.getCause();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** Gathers the next batch if it is written before a flush is due. */
    private void gatherNext() throws InterruptedException, ExecutionException {
        if (next == null) {
            next = incoming.poll(waitNanos(), TimeUnit.NANOSECONDS);
        }
        if (next == null) {
            return;
        }
        try {
            var rows = next.rows.get(waitNanos(), TimeUnit.NANOSECONDS);
            if (ends.isEmpty()) {
                firstNanos = System.nanoTime();
            }
            gathered.addAll(rows);
            underWay.letGo(next.batch);
            ends.add(new Flushed(next.batch.progress(), true));
        } catch (CancellationException ignored) {
            underWay.letGo(next.batch);
            ends.add(new Flushed(next.batch.progress(), false));
        } catch (TimeoutException ignored) {
            return; // it is still being written
        }
        next = null;
    }

    private long waitNanos() {
        if (ends.isEmpty()) {
            return LONGEST_WAIT_NANOS;
        }
        return eager ? 0 : Math.clamp(untilDueNanos(), 0, LONGEST_WAIT_NANOS);
    }

    private long untilDueNanos() {
        return firstNanos + policy.age().toNanos() - System.nanoTime();
    }

    private boolean isDue() {
        if (ends.isEmpty()) {
            return false;
        }
        return gathered.isEmpty()
                || gathered.bytes() >= policy.bytes()
                || untilDueNanos() <= 0
                || (eager && !isNextWritten());
    }

    private boolean isNextWritten() {
        return next != null ? next.rows.isDone() : !incoming.isEmpty();
    }

    private void flush() throws InterruptedException {
        underWay.reached(Moment.ROLLUPS_BEGIN);
        // After the rollups, before the commit: see ChangedHours.
        changedHours.mark(store.apply(gathered));
        underWay.reached(Moment.ROLLED_UP);
        gathered = store.gathered();
        flushed.addAll(ends);
        ends.clear();
    }
}
