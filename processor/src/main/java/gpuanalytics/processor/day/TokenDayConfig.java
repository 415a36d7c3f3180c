package gpuanalytics.processor.day;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How days of token rollups are kept.
 *
 * @param interval how often changed days that are over are added up; zero for never
 * @param quiet how long an hour must not have changed for its day to be added up
 */
public record TokenDayConfig(Duration interval, Duration quiet) {

    /** Reads the variables; what is wrong with them is in the reader afterwards. */
    public static TokenDayConfig read(EnvironmentReader reader) {
        return new TokenDayConfig(
                reader.duration(
                        "TOKEN_DAYS_INTERVAL_S",
                        ChronoUnit.SECONDS,
                        60,
                        0,
                        86_400,
                        "How often token rollups of changed days that are over are added up; 0 for"
                                + " never, and questions are then answered from hours"),
                reader.duration(
                        "TOKEN_DAYS_QUIET_S",
                        ChronoUnit.SECONDS,
                        60,
                        0,
                        3600,
                        "How long an hour must not have changed for its day to be added up"));
    }
}
