package gpuanalytics.event;

import org.jspecify.annotations.Nullable;

/**
 * The identity of an event, the {@code _id} under which it is stored once.
 *
 * <p>{@code event_id} if given; else GPU identity (with its MIG instance) and time for a sample,
 * {@code request_id} for a usage; else the position of its record. The prefixes keep these name
 * spaces apart.
 */
public final class EventId {

    /** Stands before a given {@code event_id}. */
    public static final String GIVEN = "e:";

    /**
     * Stands before {@code <GPU key>[#<MIG id>]@<seconds>.<nanoseconds>}, see {@link
     * GpuId#instance}.
     */
    public static final String SAMPLE = "g:";

    /** Stands before a {@code request_id}. */
    public static final String REQUEST = "r:";

    /** Stands before {@code <topic id>/<partition>/<offset>[/<item>]}. */
    public static final String POSITION = "p:";

    private EventId() {}

    /** The identity that the event itself carries, or null where it has none. */
    public static @Nullable String of(Event event) {
        var given = event.get(event.topic().eventId());
        if (given != null) {
            return GIVEN + given;
        }
        return switch (event.topic()) {
            case GPU_METRICS -> ofSample(event);
            case TOKEN_USAGE -> ofRequest(event);
        };
    }

    /**
     * The identity of a record by where it lies. The topic id, never the name: a topic deleted and
     * made again starts at offset 0 (KIP-516).
     */
    public static String ofPosition(String topicId, int partition, long offset) {
        return POSITION + topicId + "/" + partition + "/" + offset;
    }

    /**
     * The same for one of several events in a record.
     *
     * @param item its place among them; the first, 0, has the identity of its record
     */
    public static String ofPosition(String topicId, int partition, long offset, int item) {
        var record = ofPosition(topicId, partition, offset);
        return item == 0 ? record : record + "/" + item;
    }

    private static String ofSample(Event event) {
        var gpu = event.gpu();
        if (gpu == null) {
            throw new IllegalStateException("a sample without a GPU: " + event);
        }
        var ts = event.ts();
        return SAMPLE
                + "%s@%d.%09d"
                        .formatted(
                                GpuId.instance(gpu.key(), event.get(GpuMetric.MIG_ID)),
                                ts.getEpochSecond(),
                                ts.getNano());
    }

    private static @Nullable String ofRequest(Event event) {
        var request = event.get(TokenUsage.REQUEST_ID);
        return request == null ? null : REQUEST + request;
    }
}
