package gpuanalytics.producer.receive;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What becomes of counters of tokens that Prometheus writes: their rise hangs on the value before,
 * which the door keeps in memory.
 *
 * @param usage whether they are counted
 * @param maxSeries how many of them are remembered
 * @param longestGap how long one may be silent so that its values are still compared
 */
public record WriteSettings(boolean usage, int maxSeries, Duration longestGap) {

    /** Reads every variable; errors are left in the reader. */
    static WriteSettings read(EnvironmentReader env) {
        return new WriteSettings(
                env.flag(
                        "DOOR_WRITE_USAGE",
                        false,
                        "Count tokens of vLLM, TGI and SGLang that Prometheus writes; only where"
                                + " one replica takes all that a Prometheus writes"),
                env.integer(
                        "DOOR_WRITE_MAX_SERIES",
                        100_000,
                        1,
                        10_000_000,
                        "The most counters of tokens that are remembered; beyond it those silent"
                                + " longest are forgotten"),
                env.duration(
                        "DOOR_WRITE_MAX_GAP_S",
                        ChronoUnit.SECONDS,
                        3600,
                        1,
                        86_400,
                        "How long such a counter may be silent and still be compared; after a"
                                + " longer time it is a gap"));
    }
}
