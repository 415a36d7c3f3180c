package gpuanalytics.processor.rollup;

/**
 * Which rollup document.
 *
 * @param kind what it holds
 * @param granularity how long its bucket is
 * @param bucket the start of its bucket, in seconds since 1970
 * @param series the name of its series
 */
record RollupKey(RollupKind kind, Granularity granularity, long bucket, String series) {

    String collection() {
        return kind.collection(granularity);
    }

    /** The document's {@code _id}. */
    String id() {
        return bucket + "|" + series;
    }
}
