package gpuanalytics.service.http;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Where a program listens, and what its clients may hold.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param maxConnections the most connections; for one more an idle one is closed, else it is
 *     refused
 * @param readTimeout how long a client may take to send a body, and to read an answer or a part of
 *     an endless one, before its connection is cut
 * @param origins whose pages may read answers
 */
public record HttpSettings(
        String host, int port, int maxConnections, Duration readTimeout, CorsOrigins origins) {

    /** Loopback: whoever wants others to reach it says so. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    public static final int DEFAULT_MAX_CONNECTIONS = 256;

    public static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(30);

    public HttpSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "HTTP_PORT is %d, expected 0 to 65535".formatted(port));
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException(
                    "HTTP_MAX_CONNECTIONS is %d, expected at least 1".formatted(maxConnections));
        }
        if (!readTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "HTTP_READ_TIMEOUT_MS is %d, expected at least 1"
                            .formatted(readTimeout.toMillis()));
        }
    }

    /** Pages of other origins may read nothing. */
    public HttpSettings(String host, int port, int maxConnections, Duration readTimeout) {
        this(host, port, maxConnections, readTimeout, CorsOrigins.none());
    }

    /** The same for pages of these origins too. */
    public HttpSettings with(CorsOrigins others) {
        return new HttpSettings(host, port, maxConnections, readTimeout, others);
    }

    /** An address with the default limits. */
    public static HttpSettings at(String host, int port) {
        return new HttpSettings(host, port, DEFAULT_MAX_CONNECTIONS, DEFAULT_READ_TIMEOUT);
    }

    /** What the environment asks for. */
    public static HttpSettings read(EnvironmentReader environment, int defaultPort) {
        return new HttpSettings(
                environment.text("HTTP_HOST", DEFAULT_HOST, "The address to listen on for HTTP"),
                environment.port(
                        "HTTP_PORT",
                        defaultPort,
                        "The port to listen on for HTTP; 0 takes a free one"),
                environment.integer(
                        "HTTP_MAX_CONNECTIONS",
                        DEFAULT_MAX_CONNECTIONS,
                        1,
                        100_000,
                        "The most HTTP connections; for one more an idle one is closed"),
                environment.duration(
                        "HTTP_READ_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        DEFAULT_READ_TIMEOUT.toMillis(),
                        1,
                        3_600_000,
                        "How long a client may take to send a body or to read an answer before"
                                + " it is cut off, in ms"));
    }
}
