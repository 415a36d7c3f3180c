package gpuanalytics.producer.receive;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What may come in at a door.
 *
 * @param maxRequests the most requests under way
 * @param maxBytes what the requests under way may hold together
 * @param maxMessageBytes the largest request, compressed or not
 * @param maxItems the most events in a request
 * @param ackTimeout how long Kafka may take to acknowledge a request
 */
public record DoorLimits(
        int maxRequests, long maxBytes, int maxMessageBytes, int maxItems, Duration ackTimeout) {

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    /** Reads every variable; errors are left in the reader. */
    static DoorLimits read(EnvironmentReader env) {
        return new DoorLimits(
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
                (int)
                        env.bytes(
                                "DOOR_MAX_MESSAGE_BYTES",
                                8 * MIB,
                                KIB,
                                256 * MIB,
                                "The largest request at a door, and what it may decompress to"),
                env.integer("DOOR_MAX_ITEMS", 20_000, 1, 1_000_000, "The most events in a request"),
                env.duration(
                        "DOOR_ACK_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        10_000,
                        100,
                        600_000,
                        "How long Kafka may take to acknowledge a request before its client is told"
                                + " to come again, in ms"));
    }

    /** Where there is never room for a message, its client would come again for ever. */
    void requireRoomForAMessage(EnvironmentReader env) {
        if (maxMessageBytes > maxBytes) {
            env.error(
                    "DOOR_MAX_MESSAGE_BYTES is %d, expected at most the %d of DOOR_MAX_BYTES"
                            .formatted(maxMessageBytes, maxBytes));
        }
    }
}
