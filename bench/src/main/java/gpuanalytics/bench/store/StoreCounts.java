package gpuanalytics.bench.store;

import java.util.List;
import java.util.Map;

/**
 * What an acknowledging store has seen since it began or was set back.
 *
 * @param firstRawNanos when the first raw document came in, by its own clock; 0 for none yet
 * @param lastRawNanos when the last one was acknowledged
 * @param lastWriteNanos when the last write of any kind was acknowledged
 * @param rawDocuments raw documents acknowledged
 * @param writes by command and collection, {@code insert gpu_metrics}
 * @param unknown commands that it does not know
 * @param latencyMicros from an event's time to its acknowledgement, sorted; of the events sampled
 */
public record StoreCounts(
        long firstRawNanos,
        long lastRawNanos,
        long lastWriteNanos,
        long rawDocuments,
        Map<String, Writes> writes,
        List<String> unknown,
        List<Long> latencyMicros) {

    /**
     * Writes of one kind.
     *
     * @param commands round trips
     * @param documents inserts or updates in them
     * @param bytes of all messages
     */
    public record Writes(long commands, long documents, long bytes) {}

    /** Seconds from the first raw document to the last. */
    public double rawSeconds() {
        return (lastRawNanos - firstRawNanos) / 1e9;
    }

    /** Seconds from the first raw document to the last write, rollups included. */
    public double allSeconds() {
        return (lastWriteNanos - firstRawNanos) / 1e9;
    }

    /** Inserts and updates of all kinds. */
    public long documents() {
        return writes.values().stream().mapToLong(Writes::documents).sum();
    }

    /** Round trips of all kinds. */
    public long commands() {
        return writes.values().stream().mapToLong(Writes::commands).sum();
    }
}
