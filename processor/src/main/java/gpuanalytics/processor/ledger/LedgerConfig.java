package gpuanalytics.processor.ledger;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How the ledger is kept.
 *
 * @param interval how often changed hours that are over are computed; zero for never
 * @param quiet how long an hour must not have changed to be computed
 * @param maxOpenHours how many hours an answer computes itself: the open one, and those that the
 *     ledger does not have yet
 */
public record LedgerConfig(Duration interval, Duration quiet, int maxOpenHours) {

    /** Reads the variables; what is wrong with them is in the reader afterwards. */
    public static LedgerConfig read(EnvironmentReader reader) {
        return new LedgerConfig(
                reader.duration(
                        "LEDGER_INTERVAL_S",
                        ChronoUnit.SECONDS,
                        30,
                        0,
                        86_400,
                        "How often the ledger of changed hours that are over is computed; 0 for"
                                + " never"),
                reader.duration(
                        "LEDGER_QUIET_S",
                        ChronoUnit.SECONDS,
                        10,
                        0,
                        3600,
                        "How long an hour must not have changed for its ledger to be computed"),
                reader.integer(
                        "LEDGER_MAX_OPEN_HOURS",
                        100,
                        1,
                        10_000,
                        "How many hours an answer about costs computes itself: the open one, and"
                                + " those that the ledger does not have yet"));
    }
}
