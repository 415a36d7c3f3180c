package gpuanalytics.processor.api;

import gpuanalytics.processor.dashboard.DashboardConfig;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.service.http.HttpSettings;
import java.util.Optional;

/** Configurations as tests want them. */
final class HttpConfigs {

    private HttpConfigs() {}

    /** With so many open dashboards at most. */
    static HttpConfig withStreams(int most) {
        return new HttpConfig(
                HttpSettings.at("127.0.0.1", 0),
                QueryLimits.defaults(),
                Optional.empty(),
                new DashboardConfig(most, Optional.empty()));
    }
}
