package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.rollup.Effect.Amount;
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

    /** Adds so much of one event. */
    void add(Sums sums, EventValues values, Amount amount) {
        sums.add(values, amount, sampleIntervalS);
    }
}
