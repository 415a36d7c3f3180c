package gpuanalytics.producer.receive;

import gpuanalytics.event.EventLimits;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.HttpSettings;
import gpuanalytics.service.http.TlsFiles;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * Which doors are open, and what may come in.
 *
 * @param open the doors that are
 * @param http where the door for HTTP listens
 * @param maxRequests the most requests under way at a door
 * @param maxBytes what the requests under way at a door may hold together
 * @param maxMessageBytes the largest request, compressed or not
 * @param maxItems the most events in a request
 * @param ackTimeout how long Kafka may take to acknowledge a request
 * @param tokens the file of the tokens that open the doors; empty where everybody may come in
 * @param limits what an event may be
 */
public record DoorSettings(
        Set<DoorKind> open,
        HttpSettings http,
        int maxRequests,
        long maxBytes,
        int maxMessageBytes,
        int maxItems,
        Duration ackTimeout,
        Optional<Path> tokens,
        EventLimits limits) {

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final int HTTP_PORT = 4318;
    private static final int MAX_CONNECTIONS = 1024;

    public DoorSettings {
        open = Set.copyOf(open);
    }

    /** Reads every variable; errors are left in the reader. */
    public static DoorSettings read(EnvironmentReader env, int maxRecordBytes) {
        var open = env.choices("DOORS", DoorKind.class, DoorKind.described());
        var http = HttpSettings.read(env, "DOOR_HTTP", HTTP_PORT, MAX_CONNECTIONS);
        var tokens =
                env.text(
                                "DOOR_TOKENS_FILE",
                                "A file with the bearer tokens that open the doors, one per line,"
                                        + " read again when it changes; required beyond loopback")
                        .map(Path::of);
        var tls = readTls(env);
        requireTokens(env, open.contains(DoorKind.HTTP), http.variables(), http.host(), tokens);
        return new DoorSettings(
                open,
                http.with(tls),
                env.integer(
                        "DOOR_MAX_REQUESTS",
                        256,
                        1,
                        100_000,
                        "The most requests under way at a door; one more is told to come again"),
                env.bytes(
                        "DOOR_MAX_BYTES",
                        64 * MIB,
                        MIB,
                        4096 * MIB,
                        "What the requests under way at a door may hold together"),
                readMessageBytes(env),
                env.integer("DOOR_MAX_ITEMS", 20_000, 1, 1_000_000, "The most events in a request"),
                env.duration(
                        "DOOR_ACK_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        10_000,
                        100,
                        600_000,
                        "How long Kafka may take to acknowledge a request before its client is told"
                                + " to come again, in ms"),
                tokens,
                readLimits(env, maxRecordBytes));
    }

    private static int readMessageBytes(EnvironmentReader env) {
        return (int)
                env.bytes(
                        "DOOR_MAX_MESSAGE_BYTES",
                        8 * MIB,
                        KIB,
                        256 * MIB,
                        "The largest request at a door, and what it may decompress to");
    }

    /** The processor's variables: what it would refuse is refused where the client hears it. */
    private static EventLimits readLimits(EnvironmentReader env, int maxRecordBytes) {
        return new EventLimits(
                env.duration(
                        "MAX_EVENT_AGE_DAYS",
                        ChronoUnit.DAYS,
                        EventLimits.DEFAULT_MAX_AGE.toDays(),
                        1,
                        36_600,
                        "How far back the time of an event at a door may lie; the processor's too"),
                env.duration(
                        "MAX_EVENT_LEAD_S",
                        ChronoUnit.SECONDS,
                        EventLimits.DEFAULT_MAX_LEAD.toSeconds(),
                        0,
                        86_400,
                        "How far ahead the time of an event at a door may lie; the processor's"
                                + " too"),
                maxRecordBytes);
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

    private static void requireTokens(
            EnvironmentReader env,
            boolean isOpen,
            String variables,
            String host,
            Optional<Path> tokens) {
        if (isOpen && tokens.isEmpty() && !isLoopback(host)) {
            env.error(
                    "%s_HOST is %s, expected a loopback address where DOOR_TOKENS_FILE is not set"
                            .formatted(variables, host));
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException ignored) {
            return false; // nobody can listen there, which is said when somebody tries
        }
    }
}
