package gpuanalytics.service.http;

import gpuanalytics.service.config.EnvironmentReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Where a program listens, and what its clients may hold.
 *
 * @param variables what the names of its variables begin with
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param maxConnections the most connections; for one more an idle one is closed, else one whose
 *     body is on its way, else it is refused
 * @param readTimeout how long a client may take to send a body, and to read an answer or a part of
 *     an endless one, before its connection is cut
 * @param origins whose pages may read answers
 * @param tls what it proves itself with; empty for plain HTTP
 */
public record HttpSettings(
        String variables,
        String host,
        int port,
        int maxConnections,
        Duration readTimeout,
        CorsOrigins origins,
        Optional<TlsFiles> tls) {

    private static final String VARIABLES = "HTTP";

    /** Loopback: whoever wants others to reach it says so. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    public static final int DEFAULT_MAX_CONNECTIONS = 256;

    public static final Duration DEFAULT_READ_TIMEOUT = Duration.ofSeconds(30);

    public HttpSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "%s_PORT is %d, expected 0 to 65535".formatted(variables, port));
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException(
                    "%s_MAX_CONNECTIONS is %d, expected at least 1"
                            .formatted(variables, maxConnections));
        }
        if (!readTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "%s_READ_TIMEOUT_MS is %d, expected at least 1"
                            .formatted(variables, readTimeout.toMillis()));
        }
    }

    /** Plain HTTP with limits of its own; pages of other origins may read nothing. */
    public HttpSettings(String host, int port, int maxConnections, Duration readTimeout) {
        this(
                VARIABLES,
                host,
                port,
                maxConnections,
                readTimeout,
                CorsOrigins.none(),
                Optional.empty());
    }

    /** The same for pages of these origins too. */
    public HttpSettings with(CorsOrigins others) {
        return new HttpSettings(variables, host, port, maxConnections, readTimeout, others, tls);
    }

    /** An address with the default limits. */
    public static HttpSettings at(String host, int port) {
        return new HttpSettings(host, port, DEFAULT_MAX_CONNECTIONS, DEFAULT_READ_TIMEOUT);
    }

    /** What the environment asks for, in variables that begin with HTTP. */
    public static HttpSettings read(EnvironmentReader environment, int defaultPort) {
        return read(environment, VARIABLES, defaultPort, DEFAULT_MAX_CONNECTIONS);
    }

    /**
     * What the environment asks for.
     *
     * @param variables what the names of the variables begin with
     */
    public static HttpSettings read(
            EnvironmentReader environment,
            String variables,
            int defaultPort,
            int defaultMaxConnections) {
        return new HttpSettings(
                variables,
                environment.text(
                        variables + "_HOST", DEFAULT_HOST, "The address to listen on for HTTP"),
                environment.port(
                        variables + "_PORT",
                        defaultPort,
                        "The port to listen on for HTTP; 0 takes a free one"),
                environment.integer(
                        variables + "_MAX_CONNECTIONS",
                        defaultMaxConnections,
                        1,
                        100_000,
                        "The most HTTP connections; for one more an idle one is closed, else the"
                                + " one whose body has been on its way for longest"),
                environment.duration(
                        variables + "_READ_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        DEFAULT_READ_TIMEOUT.toMillis(),
                        1,
                        3_600_000,
                        "How long a client may take to send a body or to read an answer before"
                                + " it is cut off, in ms"),
                CorsOrigins.none(),
                Optional.empty());
    }

    /** The same over TLS, where there are files for it. */
    public HttpSettings with(Optional<TlsFiles> files) {
        return new HttpSettings(variables, host, port, maxConnections, readTimeout, origins, files);
    }

    /** Whether only this machine reaches the address. */
    public static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException ignored) {
            return false; // nobody can listen there, which is said when somebody tries
        }
    }
}
