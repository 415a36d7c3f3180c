package gpuanalytics.processor.api;

import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.CorsOrigins;
import gpuanalytics.service.http.HttpSettings;

/**
 * Where the HTTP interface listens and what it answers at most.
 *
 * @param listen where it listens, and what its clients may hold
 * @param limits what one query may ask for
 */
public record HttpConfig(HttpSettings listen, QueryLimits limits) {

    public static final int DEFAULT_PORT = 8080;

    /** An address with the default limits on connections. */
    public HttpConfig(String host, int port, QueryLimits limits) {
        this(HttpSettings.at(host, port), limits);
    }

    /** The configuration that the environment asks for. */
    public static HttpConfig fromEnvironment(EnvironmentReader environment) {
        return new HttpConfig(
                HttpSettings.read(environment, DEFAULT_PORT).with(CorsOrigins.read(environment)),
                QueryLimits.fromEnvironment(environment));
    }
}
