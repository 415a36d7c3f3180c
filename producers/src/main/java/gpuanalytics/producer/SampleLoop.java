package gpuanalytics.producer;

import gpuanalytics.producer.publish.EventPublisher;
import gpuanalytics.producer.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The flow from a source to the publisher, at the source's own pace: a batch of what is due, then a
 * pause. Runs on one thread.
 */
final class SampleLoop {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final EventSource source;
    private final EventPublisher publisher;
    private final Clock clock;
    private final int batch;
    private final Supplier<Duration> pause;
    private volatile boolean stopped;
    private volatile boolean waitingForKafka;
    private volatile @Nullable Thread thread;

    /**
     * @param batch the most events between two pauses
     * @param pause the least time from one batch to the next while the source is not behind
     */
    SampleLoop(
            EventSource source,
            EventPublisher publisher,
            Clock clock,
            int batch,
            Supplier<Duration> pause) {
        this.source = source;
        this.publisher = publisher;
        this.clock = clock;
        this.batch = batch;
        this.pause = pause;
    }

    /** Runs until the source has ended and all of it is acknowledged, or until {@link #stop}. */
    void run() {
        thread = Thread.currentThread();
        if (!isReady()) {
            return;
        }
        var lastBatch = Instant.MIN;
        while (!stopped) {
            var now = clock.instant();
            var due = source.nextDue(now);
            if (source.ended()) {
                publisher.awaitDelivered(this::isStopped);
                return;
            }
            if (due.isAfter(now)) {
                pauseUntil(later(due, afterPause(lastBatch)), now);
                continue;
            }
            lastBatch = now;
            for (var event : source.take(now, batch)) {
                if (!publisher.publish(event, this::isStopped)) {
                    return;
                }
            }
        }
    }

    private boolean isReady() {
        waitingForKafka = true;
        try {
            return publisher.awaitReady(this::isStopped);
        } finally {
            waitingForKafka = false;
        }
    }

    private Instant afterPause(Instant lastBatch) {
        return lastBatch.equals(Instant.MIN) ? lastBatch : lastBatch.plus(pause.get());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void pauseUntil(Instant until, Instant now) {
        var latest = now.plus(LONGEST_PAUSE);
        var end = until.isAfter(latest) ? latest : until;
        LockSupport.parkNanos(this, Duration.between(now, end).toNanos());
    }

    /** Ends a pause: something has changed. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Makes {@link #run} return soon; what was not handed over is not published. */
    void stop() {
        stopped = true;
        wake();
        var running = thread;
        if (waitingForKafka && running != null) {
            // an answer may take its whole time-out
            running.interrupt();
        }
    }

    private boolean isStopped() {
        return stopped;
    }
}
