package gpuanalytics.service.http;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * Bounds work that blocks: how much of it runs at the same time, and how long one answer may take
 * to make. What is too much is refused at once; there is no queue.
 *
 * <p>A slot is held until the client has read the answer or is gone, and until the thread has
 * ended, so that the bound holds for memory too.
 */
public final class WorkGate {

    private final String name;
    private final int maxConcurrent;
    private final Duration timeout;
    private final Semaphore slots;
    private final Counter refused;
    private final ThreadFactory threads;

    /**
     * @param name names its threads and tags its metrics
     * @param timeout how long making an answer may take; reading it has its own limit
     */
    public WorkGate(String name, int maxConcurrent, Duration timeout, HttpMetrics metrics) {
        this.name = name;
        this.maxConcurrent = maxConcurrent;
        this.timeout = timeout;
        this.slots = new Semaphore(maxConcurrent);
        this.threads = Thread.ofVirtual().name(name + "-", 0).factory();
        this.refused = metrics.workRefused(name);
        metrics.workRunning(this);
    }

    String name() {
        return name;
    }

    Duration timeout() {
        return timeout;
    }

    /** How many slots are taken. */
    public int running() {
        return maxConcurrent - slots.availablePermits();
    }

    /** How often none was free. */
    public double refusals() {
        return refused.count();
    }

    /**
     * Takes a slot and makes the thread that will hold it, which is not started yet.
     *
     * @throws ProblemException when no slot is free
     */
    Thread enter(Runnable work) {
        if (!slots.tryAcquire()) {
            refused.increment();
            throw new ProblemException(
                    Problem.tooBusy(
                            "%d requests of this kind are being answered, which is the limit"
                                    .formatted(maxConcurrent)));
        }
        return threads.newThread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        slots.release();
                    }
                });
    }
}
