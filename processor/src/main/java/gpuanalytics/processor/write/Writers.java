package gpuanalytics.processor.write;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that write: several batches at the same time, begun in the order they come in. What
 * waits for them is bounded by the pipeline, in bytes.
 */
public final class Writers implements AutoCloseable {

    private final int atOnce;
    private final AtomicInteger notDone = new AtomicInteger();
    private final ThreadPoolExecutor threads;

    /**
     * @param atOnce how many batches are written at the same time
     */
    public Writers(int atOnce) {
        this.atOnce = atOnce;
        threads =
                new ThreadPoolExecutor(
                        atOnce,
                        atOnce,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().name("raw-writer-", 0).daemon().factory());
    }

    /** Begins some work once a thread is free; does not wait. */
    public <T> Future<T> start(Callable<T> work) {
        notDone.incrementAndGet();
        var task =
                new FutureTask<>(work) {
                    @Override
                    protected void done() {
                        notDone.decrementAndGet();
                    }
                };
        threads.execute(task);
        return task;
    }

    /** Whether what is started now is begun at once. */
    public boolean hasFree() {
        return notDone.get() < atOnce;
    }

    /** Cancels what nobody has begun: all of it came in after what somebody has. */
    public void cancelUnbegun() {
        var unbegun = new ArrayList<Runnable>();
        threads.getQueue().drainTo(unbegun);
        for (var task : unbegun) {
            if (task instanceof Future<?> future) {
                future.cancel(false);
            }
        }
    }

    /** Gives up at once what is not done. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
