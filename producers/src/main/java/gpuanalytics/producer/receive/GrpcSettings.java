package gpuanalytics.producer.receive;

import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.HttpSettings;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Where the door for gRPC listens, and what its clients may hold.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param maxStreams the most calls of one connection at the same time
 * @param maxConnectionAge how long a connection lives before its client is asked to make a new one
 * @param messageTimeout how long a call waits for its client before it is ended
 */
public record GrpcSettings(
        String host, int port, int maxStreams, Duration maxConnectionAge, Duration messageTimeout) {

    private static final int PORT = 4317;

    /** Reads every variable; errors are left in the reader. */
    static GrpcSettings read(EnvironmentReader env) {
        return new GrpcSettings(
                env.text(
                        "DOOR_GRPC_HOST",
                        HttpSettings.DEFAULT_HOST,
                        "The address to listen on for gRPC"),
                env.port(
                        "DOOR_GRPC_PORT",
                        PORT,
                        "The port to listen on for gRPC; 0 takes a free one"),
                env.integer(
                        "DOOR_GRPC_MAX_STREAMS",
                        64,
                        1,
                        10_000,
                        "The most calls of one gRPC connection at the same time"),
                env.duration(
                        "DOOR_GRPC_MAX_CONNECTION_AGE_S",
                        ChronoUnit.SECONDS,
                        30,
                        1,
                        86_400,
                        "Seconds after which a gRPC client is asked to connect anew, so that"
                                + " clients spread over added replicas"),
                env.duration(
                        "DOOR_GRPC_MESSAGE_TIMEOUT_S",
                        ChronoUnit.SECONDS,
                        10,
                        1,
                        3_600,
                        "Seconds that a gRPC call may be without a whole message, or the end that"
                                + " follows it, before it is ended and its place is another's"));
    }
}
