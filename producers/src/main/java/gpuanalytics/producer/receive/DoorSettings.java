package gpuanalytics.producer.receive;

import gpuanalytics.event.EventLimits;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.HttpSettings;
import gpuanalytics.service.http.TlsFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which doors are open, and what may come in.
 *
 * @param open the doors that are
 * @param http where the door for HTTP listens, and the TLS of all doors
 * @param grpc where the door for gRPC listens
 * @param limits what may be under way
 * @param tokens the file of the tokens that open the doors; empty where everybody may come in
 * @param usageFrom what the usage of a service is counted from, where that is not its spans
 * @param cumulative what becomes of cumulative sums of tokens that OpenTelemetry's metrics tell
 * @param write what becomes of counters that Prometheus writes
 * @param events what an event may be
 */
public record DoorSettings(
        Set<DoorKind> open,
        HttpSettings http,
        GrpcSettings grpc,
        DoorLimits limits,
        Optional<Path> tokens,
        Map<String, UsageOrigin> usageFrom,
        CumulativeSettings cumulative,
        WriteSettings write,
        EventLimits events) {

    private static final int HTTP_PORT = 4318;
    private static final int MAX_CONNECTIONS = 1024;

    public DoorSettings {
        open = Set.copyOf(open);
        usageFrom = Map.copyOf(usageFrom);
    }

    /**
     * Reads every variable; errors are left in the reader.
     *
     * @param events what an event may be: what the processor would refuse is refused where the
     *     client hears it
     */
    public static DoorSettings read(EnvironmentReader env, EventLimits events) {
        var settings =
                new DoorSettings(
                        env.choices("DOORS", DoorKind.class, DoorKind.described()),
                        HttpSettings.read(env, "DOOR_HTTP", HTTP_PORT, MAX_CONNECTIONS)
                                .with(readTls(env)),
                        GrpcSettings.read(env),
                        DoorLimits.read(env),
                        env.text(
                                        "DOOR_TOKENS_FILE",
                                        "A file with the bearer tokens that open the doors, one per"
                                            + " line, read again when it changes; required beyond"
                                            + " loopback")
                                .map(Path::of),
                        readUsageFrom(env),
                        CumulativeSettings.read(env),
                        WriteSettings.read(env),
                        events);
        settings.limits.requireRoomForAMessage(env);
        for (var kind : settings.open) {
            settings.requireTokens(env, kind);
        }
        return settings;
    }

    private static Optional<TlsFiles> readTls(EnvironmentReader env) {
        var certificate =
                env.text("DOOR_TLS_CERT_FILE", "The doors' certificate, PEM; unset: no TLS");
        var key = env.text("DOOR_TLS_KEY_FILE", "The private key of the doors' certificate, PEM");
        if (certificate.isPresent() != key.isPresent()) {
            env.error(
                    "DOOR_TLS_CERT_FILE and DOOR_TLS_KEY_FILE: one of them is set, expected both or"
                            + " neither");
            return Optional.empty();
        }
        return certificate.map(file -> new TlsFiles(Path.of(file), Path.of(key.orElseThrow())));
    }

    private static Map<String, UsageOrigin> readUsageFrom(EnvironmentReader env) {
        var origins = new HashMap<String, UsageOrigin>();
        for (var part :
                env.list(
                        "DOOR_USAGE_FROM",
                        "Services (service.name) whose token usage is not counted from their"
                                + " spans: service=logs, service=metrics, or service=scrape where a"
                                + " source asks it, separated by commas")) {
            int equals = part.lastIndexOf('=');
            var origin = part.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
            var known =
                    Arrays.stream(UsageOrigin.values())
                            .filter(each -> each.label().equals(origin))
                            .findFirst();
            if (equals < 1 || known.isEmpty()) {
                env.error(
                        "DOOR_USAGE_FROM is %s, expected service=spans, service=logs, service=metrics or service=scrape"
                                .formatted(part));
                continue;
            }
            origins.put(part.substring(0, equals).strip(), known.get());
        }
        return origins;
    }

    /** The port that a door is to listen on; 0 for a free one. */
    public int port(DoorKind kind) {
        return switch (kind) {
            case HTTP -> http.port();
            case GRPC -> grpc.port();
        };
    }

    private void requireTokens(EnvironmentReader env, DoorKind kind) {
        var host =
                switch (kind) {
                    case HTTP -> http.host();
                    case GRPC -> grpc.host();
                };
        if (tokens.isEmpty() && !HttpSettings.isLoopback(host)) {
            env.error(
                    "DOOR_%s_HOST is %s, expected a loopback address where DOOR_TOKENS_FILE is not set"
                            .formatted(kind, host));
        }
    }
}
