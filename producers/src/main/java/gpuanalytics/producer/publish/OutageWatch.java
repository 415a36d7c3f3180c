package gpuanalytics.producer.publish;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells from sending and answers whether Kafka is away: records wait, to be handed over or to be
 * acknowledged, and there has been no answer for a while. Safe for threads.
 */
final class OutageWatch {

    private final Duration outageAfter;
    private long underWay;
    private @Nullable Instant waitingSince;

    OutageWatch(Duration outageAfter) {
        this.outageAfter = outageAfter;
    }

    /** A record is about to be handed over. */
    synchronized void sending(Instant now) {
        underWay++;
        if (waitingSince == null) {
            waitingSince = now;
        }
    }

    /** It could not be handed over: no room, or no answer about its topic. */
    synchronized void notTaken() {
        underWay--;
    }

    /** It could not be handed over, and nobody tries again: what waits now are the others. */
    synchronized void givenUp() {
        underWay--;
        if (underWay == 0) {
            waitingSince = null;
            notifyAll();
        }
    }

    /** A record was acknowledged or refused: either way Kafka has answered. */
    synchronized void answered(Instant now) {
        underWay--;
        waitingSince = underWay == 0 ? null : now;
        if (underWay == 0) {
            notifyAll();
        }
    }

    synchronized long underWay() {
        return underWay;
    }

    /** Whether Kafka is away. */
    synchronized boolean isOutage(Instant now) {
        return waitingSince != null && waitingSince.plus(outageAfter).isBefore(now);
    }

    /** Waits until nothing is under way, for at most this long. */
    synchronized boolean awaitNoneUnderWay(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (underWay > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
        }
        return true;
    }
}
