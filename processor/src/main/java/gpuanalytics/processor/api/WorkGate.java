package gpuanalytics.processor.api;

import gpuanalytics.processor.query.QueryTimeoutException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * Runs work that blocks, each on a virtual thread: a bounded number at the same time, each for a
 * bounded time. What is too much is refused at once; there is no queue.
 *
 * <p>Work that takes too long is interrupted and its answer given up; its slot is free again only
 * when its thread has ended, so that the bound holds.
 */
final class WorkGate {

    private final Vertx vertx;
    private final Duration timeout;
    private final int maxConcurrent;
    private final Semaphore slots;
    private final Counter refused;
    private final ThreadFactory threads;

    /**
     * @param name names its threads and tags its metrics {@code processor.http.work.running}, the
     *     work running now, and {@code processor.http.work.refused}, what has been refused
     */
    WorkGate(Vertx vertx, String name, int maxConcurrent, Duration timeout, MeterRegistry metrics) {
        this.vertx = vertx;
        this.timeout = timeout;
        this.maxConcurrent = maxConcurrent;
        this.slots = new Semaphore(maxConcurrent);
        this.threads = Thread.ofVirtual().name(name + "-", 0).factory();
        this.refused =
                Counter.builder("processor.http.work.refused").tag("work", name).register(metrics);
        Gauge.builder("processor.http.work.running", this, WorkGate::running)
                .tag("work", name)
                .register(metrics);
    }

    /**
     * Starts the work. The future fails with what the work throws, with a {@link ProblemException}
     * when too much is running, and with {@link QueryTimeoutException} when it takes too long.
     */
    <T> Future<T> run(Callable<T> work) {
        if (!slots.tryAcquire()) {
            refused.increment();
            return Future.failedFuture(new ProblemException(tooBusy()));
        }
        Promise<T> promise = Promise.promise();
        var worker = threads.newThread(() -> work(work, promise));
        long timer =
                vertx.setTimer(
                        timeout.toMillis(),
                        _ -> {
                            if (promise.tryFail(new QueryTimeoutException(timeout))) {
                                worker.interrupt();
                            }
                        });
        worker.start();
        return promise.future().onComplete(_ -> vertx.cancelTimer(timer));
    }

    private <T> void work(Callable<T> work, Promise<T> promise) {
        Future<T> outcome = outcome(work);
        slots.release();
        if (outcome.succeeded()) {
            promise.tryComplete(outcome.result());
        } else {
            promise.tryFail(outcome.cause());
        }
    }

    /** Also an Error is an outcome: nobody else would answer the request. */
    private static <T> Future<T> outcome(Callable<T> work) {
        try {
            return Future.succeededFuture(work.call());
        } catch (Throwable e) {
            return Future.failedFuture(e);
        }
    }

    private int running() {
        return maxConcurrent - slots.availablePermits();
    }

    private Problem tooBusy() {
        return Problem.of(
                        Problem.Type.TOO_BUSY,
                        "%d requests of this kind are being answered, which is the limit"
                                .formatted(maxConcurrent))
                .withHeader("retry-after", "1");
    }
}
