package gpuanalytics.placement;

import gpuanalytics.placement.http.HttpConfig;
import gpuanalytics.service.config.EnvironmentReader;
import java.util.Optional;

/**
 * What the server does.
 *
 * @param http where it listens, and who may make it work
 * @param scheduling how it places pods; empty where it does not
 */
public record PlacementConfig(HttpConfig http, Optional<Scheduling.Config> scheduling) {

    /** Reads every variable; errors are left in the reader. */
    public static PlacementConfig read(EnvironmentReader env) {
        var http = HttpConfig.read(env);
        boolean isOn =
                env.flag(
                        "PLACEMENT_EXTENDER",
                        false,
                        "Answer schedulers at /scheduler/..., about the cluster that it runs in");
        // read either way, so that the help text has them
        var scheduling = Scheduling.Config.read(env);
        return new PlacementConfig(http, isOn ? Optional.of(scheduling) : Optional.empty());
    }
}
