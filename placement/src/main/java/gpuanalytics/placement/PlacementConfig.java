package gpuanalytics.placement;

import gpuanalytics.placement.http.HttpConfig;
import gpuanalytics.service.config.EnvironmentReader;

/**
 * What the server does.
 *
 * @param http where it listens, and who may make it work
 */
public record PlacementConfig(HttpConfig http) {

    /** Reads every variable; errors are left in the reader. */
    public static PlacementConfig read(EnvironmentReader env) {
        return new PlacementConfig(HttpConfig.read(env));
    }
}
