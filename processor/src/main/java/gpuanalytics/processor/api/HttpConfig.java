package gpuanalytics.processor.api;

import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.service.config.EnvironmentReader;

/**
 * Where the HTTP interface listens and what it answers at most.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param limits what one query may ask for
 */
public record HttpConfig(String host, int port, QueryLimits limits) {

    /** Loopback: whoever wants others to reach it says so. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    public static final int DEFAULT_PORT = 8080;

    public HttpConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "HTTP_PORT is %d, expected 0 to 65535".formatted(port));
        }
    }

    /** The configuration that the environment asks for. */
    public static HttpConfig fromEnvironment(EnvironmentReader environment) {
        return new HttpConfig(
                environment.text("HTTP_HOST", DEFAULT_HOST, "the address to listen on for HTTP"),
                environment.port(
                        "HTTP_PORT",
                        DEFAULT_PORT,
                        "the port to listen on for HTTP; 0 takes a free one"),
                QueryLimits.fromEnvironment(environment));
    }
}
