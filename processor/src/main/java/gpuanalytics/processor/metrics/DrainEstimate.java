package gpuanalytics.processor.metrics;

import java.time.Duration;

/** How long the lag takes to drain at the present rate. One thread updates, any thread reads. */
public final class DrainEstimate {

    /** A step of a second forgets half of the past in about 15 seconds. */
    private static final double WEIGHT_PER_SECOND = 0.045;

    private double ratePerSecond;
    private long lastDone;
    private volatile double seconds;

    /**
     * Takes a reading.
     *
     * @param done records done since the start
     * @param lag records not done; negative where not known
     */
    public void update(long done, long lag, Duration sinceLast) {
        var elapsedS = Math.max(0.001, sinceLast.toNanos() / 1e9);
        var weight = 1 - Math.exp(-WEIGHT_PER_SECOND * elapsedS);
        ratePerSecond += weight * ((done - lastDone) / elapsedS - ratePerSecond);
        lastDone = done;
        seconds = lag < 0 ? Double.NaN : lag == 0 ? 0 : lag / ratePerSecond;
    }

    /** Seconds; infinite while nothing is done, NaN while the lag is not known. */
    public double seconds() {
        return seconds;
    }
}
