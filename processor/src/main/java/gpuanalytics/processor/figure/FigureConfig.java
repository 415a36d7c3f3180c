package gpuanalytics.processor.figure;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Which figures are among the metrics.
 *
 * @param interval how often they are asked for; zero for never
 * @param most how many models, teams or budgets have a figure of their own
 */
public record FigureConfig(Duration interval, int most) {

    /** Reads the variables; what is wrong with them is in the reader afterwards. */
    public static FigureConfig read(EnvironmentReader reader) {
        return new FigureConfig(
                reader.duration(
                        "FIGURES_INTERVAL_S",
                        ChronoUnit.SECONDS,
                        60,
                        0,
                        86_400,
                        "How often fleet, costs and budgets are asked for, as metrics for"
                                + " Prometheus; 0 for never"),
                reader.integer(
                        "FIGURES_MAX",
                        50,
                        1,
                        1000,
                        "How many models, teams or budgets have metrics of their own, those that"
                                + " cost most"));
    }
}
