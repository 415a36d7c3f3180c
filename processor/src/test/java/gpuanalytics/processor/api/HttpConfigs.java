package gpuanalytics.processor.api;

import gpuanalytics.processor.bill.BillLimits;
import gpuanalytics.processor.dashboard.DashboardConfig;
import gpuanalytics.processor.export.ExportConfig;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.service.http.HttpSettings;
import java.util.Optional;

/** Configurations as tests want them. */
final class HttpConfigs {

    private HttpConfigs() {}

    /** With so many open dashboards at most. */
    static HttpConfig withStreams(int most) {
        return with(new DashboardConfig(most, Optional.empty()), ExportConfig.defaults());
    }

    /** With so many exports under way at most. */
    static HttpConfig withExports(int most) {
        var usual = ExportConfig.defaults();
        return with(
                DashboardConfig.defaults(),
                new ExportConfig(most, usual.accountId(), usual.accountName(), usual.provider()));
    }

    private static HttpConfig with(DashboardConfig dashboard, ExportConfig exports) {
        return new HttpConfig(
                HttpSettings.at("127.0.0.1", 0),
                QueryLimits.defaults(),
                Optional.empty(),
                dashboard,
                exports,
                BillLimits.defaults());
    }
}
