package gpuanalytics.processor.metrics;

import java.time.Duration;

/**
 * How long the lag takes to drain at the rate of which the processor is capable.
 *
 * <p>That rate is learnt while there is more to do than is done. While there is not, records are
 * done at the rate at which they come, which says only that the processor is capable of that much.
 * One thread updates, any thread reads.
 */
public final class DrainEstimate {

    /** Batches make what is done uneven; over this long it is even. */
    private static final double WINDOW_S = 5;

    /** Forgets half of the past in about 15 seconds of work. */
    private static final double WEIGHT_PER_SECOND = 0.045;

    private double capacityPerSecond;
    private double windowS;
    private long leastLag = -1;
    private long doneAtStart;
    private volatile double seconds;

    /**
     * Takes a reading.
     *
     * @param done records done since the start
     * @param lag records not done; negative where not known
     */
    public void update(long done, long lag, Duration sinceLast) {
        windowS += Math.max(0.001, sinceLast.toNanos() / 1e9);
        leastLag = Math.min(leastLag, lag);
        var doneNow = done - doneAtStart;
        if (windowS >= WINDOW_S) {
            learn(doneNow);
            windowS = 0;
            doneAtStart = done;
            leastLag = lag;
        }
        seconds = lag < 0 ? Double.NaN : lag == 0 ? 0 : lag / rate(doneNow);
    }

    /** Seconds; infinite while nothing was ever done, NaN while the lag is not known. */
    public double seconds() {
        return seconds;
    }

    private void learn(long doneNow) {
        var rate = doneNow / windowS;
        if (leastLag > 0 && leastLag >= doneNow) {
            var weight = capacityPerSecond == 0 ? 1 : 1 - Math.exp(-WEIGHT_PER_SECOND * windowS);
            capacityPerSecond += weight * (rate - capacityPerSecond);
        } else {
            capacityPerSecond = Math.max(capacityPerSecond, rate);
        }
    }

    /** Until a first window is full, what was done in it so far. */
    private double rate(long doneNow) {
        return capacityPerSecond > 0 || windowS == 0 ? capacityPerSecond : doneNow / windowS;
    }
}
