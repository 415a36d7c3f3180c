package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.EventValues;
import java.time.Duration;

/** What an event adds to a rollup. Pure: no store, no clock. */
public final class RollupMath {

    private final double sampleIntervalS;

    /**
     * @param sampleInterval the time that a sample stands for when it does not say
     */
    public RollupMath(Duration sampleInterval) {
        this.sampleIntervalS = sampleInterval.toMillis() / 1000.0;
    }

    /** Adds one event. */
    void add(Sums sums, EventValues values) {
        sums.add(values, sampleIntervalS);
    }
}
