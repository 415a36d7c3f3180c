package gpuanalytics.processor.dashboard;

import gpuanalytics.service.config.EnvironmentReader;
import java.util.Optional;

/**
 * What the dashboard may take, and what it tells.
 *
 * @param maxStreams the most pages that are kept live at the same time
 * @param doorUrl where events are taken over HTTP, for the command that an empty page shows; where
 *     absent the page names its own host and the door's usual port
 */
public record DashboardConfig(int maxStreams, Optional<String> doorUrl) {

    public static final int DEFAULT_MAX_STREAMS = 64;

    public DashboardConfig {
        if (maxStreams < 1) {
            throw new IllegalArgumentException(
                    "DASHBOARD_MAX_STREAMS is %d, expected at least 1".formatted(maxStreams));
        }
    }

    /** What holds where nothing is said. */
    public static DashboardConfig defaults() {
        return new DashboardConfig(DEFAULT_MAX_STREAMS, Optional.empty());
    }

    /** What the environment asks for. */
    public static DashboardConfig read(EnvironmentReader environment) {
        return new DashboardConfig(
                environment.integer(
                        "DASHBOARD_MAX_STREAMS",
                        DEFAULT_MAX_STREAMS,
                        1,
                        10_000,
                        "The most dashboards that are kept live at the same time; one more shows"
                                + " its numbers and says that it is not live"),
                environment.text(
                        "DASHBOARD_DOOR_URL",
                        "Where events are taken over HTTP, such as http://producers:4318, for the"
                                + " command that an empty dashboard shows; by default the"
                                + " dashboard's host with port 4318"));
    }
}
