package gpuanalytics.embedded.store;

import java.util.Map;

/**
 * How much documents take, estimated from some of them.
 *
 * @param documents how many there are
 * @param meanBytes how long each is as BSON
 */
record SampledSize(long documents, double meanBytes) {

    private static final int SAMPLED_DOCUMENTS = 100;

    /**
     * What a document takes beside its bytes: its key and its place, and its entry in each index.
     * As counted by class histograms of 64-bit JVMs with compressed references.
     */
    private static final int KEY_BYTES = 136;

    private static final int INDEX_ENTRY_BYTES = 176;

    static SampledSize of(Map<Object, byte[]> documents) {
        return new SampledSize(
                documents.size(),
                documents.values().stream()
                        .limit(SAMPLED_DOCUMENTS)
                        .mapToInt(bytes -> bytes.length)
                        .average()
                        .orElse(0));
    }

    /** All of them as BSON. */
    double bytes() {
        return documents * meanBytes;
    }

    /** How many documents there are beyond those that take so many bytes of memory. */
    long documentsBeyond(long bytes, long indexes) {
        var each = meanBytes + KEY_BYTES + indexes * INDEX_ENTRY_BYTES;
        return Math.max(0, documents - (long) (bytes / each));
    }
}
