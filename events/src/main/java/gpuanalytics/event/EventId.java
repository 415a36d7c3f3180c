package gpuanalytics.event;

import org.jspecify.annotations.Nullable;

/**
 * The identity of an event, the {@code _id} under which it is stored once.
 *
 * <p>{@code event_id} if given; else GPU identity and time for a sample, {@code request_id} for a
 * usage; else the position of its record. The prefixes keep these name spaces apart.
 */
public final class EventId {

    private EventId() {}

    /** The identity that the event itself carries, or null where it has none. */
    public static @Nullable String of(Event event) {
        return switch (event.topic()) {
            case GPU_METRICS -> ofMetric(event);
            case TOKEN_USAGE -> ofUsage(event);
        };
    }

    /**
     * The identity of a record by where it lies. The topic id, never the name: a topic deleted and
     * made again starts at offset 0 (KIP-516).
     */
    public static String ofPosition(String topicId, int partition, long offset) {
        return "p:" + topicId + "/" + partition + "/" + offset;
    }

    private static String ofMetric(Event event) {
        var given = event.get(GpuMetric.EVENT_ID);
        if (given != null) {
            return "e:" + given;
        }
        var gpu = event.gpu();
        if (gpu == null) {
            throw new IllegalStateException("a sample without a GPU: " + event);
        }
        var mig = event.get(GpuMetric.MIG_ID);
        var ts = event.ts();
        var instance = mig == null ? "" : "#" + mig;
        return "g:%s%s@%d.%09d".formatted(gpu.key(), instance, ts.getEpochSecond(), ts.getNano());
    }

    private static @Nullable String ofUsage(Event event) {
        var given = event.get(TokenUsage.EVENT_ID);
        if (given != null) {
            return "e:" + given;
        }
        var request = event.get(TokenUsage.REQUEST_ID);
        return request == null ? null : "r:" + request;
    }
}
