package gpuanalytics.bench.doors;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * When each call is to start: at a steady rate from the beginning on, whatever became of the calls
 * before it. A call that starts late is late by that time, also where the one who sends it waited.
 *
 * @param startNanos when the first one starts, as System.nanoTime tells it
 * @param perSecond calls per second; 0 for as many as there is room for, each when its turn comes
 */
record Schedule(long startNanos, long perSecond) {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** Waits until a call is due, and tells when it was to start. */
    long await(long call) throws InterruptedException {
        if (perSecond == 0) {
            return System.nanoTime();
        }
        long intended = intended(call);
        for (long left = intended - System.nanoTime();
                left > 0;
                left = intended - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return intended;
    }

    long intended(long call) {
        return startNanos + call / perSecond * SECOND + call % perSecond * SECOND / perSecond;
    }
}
