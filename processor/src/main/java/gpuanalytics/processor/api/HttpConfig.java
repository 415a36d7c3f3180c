package gpuanalytics.processor.api;

import gpuanalytics.processor.bill.BillLimits;
import gpuanalytics.processor.dashboard.DashboardConfig;
import gpuanalytics.processor.export.ExportConfig;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.CorsOrigins;
import gpuanalytics.service.http.HttpSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the HTTP interface listens and what it answers at most.
 *
 * @param listen where it listens, and what its clients may hold
 * @param limits what one query may ask for
 * @param tokens the file of the tokens that allow changes; empty where this machine alone may make
 *     them
 * @param dashboard what the page may take
 * @param exports what exports may take, and what they say of whose bill it is
 * @param bills how large a bill may be that is reconciled
 */
public record HttpConfig(
        HttpSettings listen,
        QueryLimits limits,
        Optional<Path> tokens,
        DashboardConfig dashboard,
        ExportConfig exports,
        BillLimits bills) {

    public static final int DEFAULT_PORT = 8080;

    static final String TOKENS_FILE = "HTTP_TOKENS_FILE";

    /** The dashboard, exports and bills are what they are where nothing is said. */
    public HttpConfig(HttpSettings listen, QueryLimits limits, Optional<Path> tokens) {
        this(
                listen,
                limits,
                tokens,
                DashboardConfig.defaults(),
                ExportConfig.defaults(),
                BillLimits.defaults());
    }

    /** Changes come from this machine alone. */
    public HttpConfig(HttpSettings listen, QueryLimits limits) {
        this(listen, limits, Optional.empty());
    }

    /** An address with the default limits on connections. */
    public HttpConfig(String host, int port, QueryLimits limits) {
        this(HttpSettings.at(host, port), limits);
    }

    /** The configuration that the environment asks for. */
    public static HttpConfig fromEnvironment(EnvironmentReader environment) {
        return new HttpConfig(
                HttpSettings.read(environment, DEFAULT_PORT).with(CorsOrigins.read(environment)),
                QueryLimits.fromEnvironment(environment),
                environment
                        .text(
                                TOKENS_FILE,
                                "A file with the bearer tokens that allow changes (PUT), one per"
                                        + " line, read again when it changes; without it changes"
                                        + " are taken on a loopback address alone")
                        .map(Path::of),
                DashboardConfig.read(environment),
                ExportConfig.read(environment),
                BillLimits.read(environment));
    }
}
