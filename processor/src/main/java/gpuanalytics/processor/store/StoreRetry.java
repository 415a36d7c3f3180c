package gpuanalytics.processor.store;

import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.service.health.PartHealth;
import gpuanalytics.service.retry.Backoff;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again for as long as it takes, with growing pauses, and says in the health report that and
 * since when the store is away. Any thread may use it.
 */
public final class StoreRetry {

    private static final Logger log = LoggerFactory.getLogger(StoreRetry.class);

    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

    private final PartHealth health;
    private final ProcessorMetrics metrics;

    /** What goes wrong for whom: two writers may try the same, and one may succeed before. */
    private final Map<Attempt, String> problems = new LinkedHashMap<>();

    private final CountDownLatch aborted = new CountDownLatch(1);

    /** A thread does one thing at a time, until it succeeds or gives up. */
    private record Attempt(String what, long thread) {

        static Attempt at(String what) {
            return new Attempt(what, Thread.currentThread().threadId());
        }
    }

    public StoreRetry(PartHealth health, ProcessorMetrics metrics) {
        this.health = health;
        this.metrics = metrics;
    }

    /**
     * The answer, however long it takes.
     *
     * @throws InterruptedException when aborted or interrupted
     */
    public <T> T untilAnswered(String what, Supplier<T> question) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                var answer = question.get();
                succeeded(what);
                return answer;
            } catch (MongoException e) {
                pauseAfter(what, attempt, e);
            }
        }
    }

    /** The store has done this for this thread; up when nothing else is being tried again. */
    public synchronized void succeeded(String what) {
        if ((problems.remove(Attempt.at(what)) != null || !health.report().up())
                && problems.isEmpty()) {
            health.up("connected");
        }
    }

    private synchronized void failed(String what, Exception failure) {
        problems.put(
                Attempt.at(what),
                "waiting for the store: %s failed: %s".formatted(what, brief(failure)));
        health.down(problems.values().iterator().next());
    }

    /**
     * Counts and reports a failure and waits before the next attempt.
     *
     * @param what what was tried
     * @param attempt how often, from 1
     * @throws InterruptedException when aborted or interrupted
     */
    public void pauseAfter(String what, int attempt, Exception failure)
            throws InterruptedException {
        if (failure instanceof MongoInterruptedException) {
            forget(what);
            throw new InterruptedException("interrupted: " + what);
        }
        metrics.storeRetried(StoreErrors.label(failure));
        failed(what, failure);
        log.atDebug().addKeyValue("attempt", attempt).setCause(failure).log(what + " failed");
        boolean waited = false;
        try {
            var pause = BACKOFF.pauseAfter(attempt, ThreadLocalRandom.current());
            if (aborted.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new InterruptedException("aborted: " + what);
            }
            waited = true;
        } finally {
            if (!waited) {
                forget(what);
            }
        }
    }

    /** Who gives up waits for nothing any more, and has not seen the store work either. */
    private synchronized void forget(String what) {
        problems.remove(Attempt.at(what));
    }

    /** Ends all waiting: whoever waits or fails from now on gives up. */
    public void abort() {
        aborted.countDown();
    }

    /** The first line; the driver's messages hold the whole description of the cluster. */
    private static String brief(Exception failure) {
        var message = String.valueOf(failure.getMessage());
        var line = message.lines().findFirst().orElse("");
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }
}
