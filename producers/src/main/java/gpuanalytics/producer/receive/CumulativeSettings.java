package gpuanalytics.producer.receive;

import gpuanalytics.service.config.EnvironmentReader;

/**
 * What becomes of cumulative sums of tokens that OpenTelemetry's metrics tell: their rise hangs on
 * the value before, which the doors keep in memory.
 *
 * @param counted whether they are counted
 * @param maxStreams how many of them are remembered
 */
public record CumulativeSettings(boolean counted, int maxStreams) {

    /** Reads every variable; errors are left in the reader. */
    static CumulativeSettings read(EnvironmentReader env) {
        return new CumulativeSettings(
                env.flag(
                        "DOOR_CUMULATIVE_USAGE",
                        false,
                        "Count cumulative sums of tokens in OpenTelemetry's metrics; only where one"
                                + " replica takes all that a sender tells"),
                env.integer(
                        "DOOR_CUMULATIVE_MAX_STREAMS",
                        10_000,
                        1,
                        10_000_000,
                        "The most such sums that are remembered; beyond it those silent longest are"
                                + " forgotten"));
    }
}
