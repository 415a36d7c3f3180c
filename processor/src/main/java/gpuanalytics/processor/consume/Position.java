package gpuanalytics.processor.consume;

/**
 * Where a record lies.
 *
 * @param topicId the topic's id, never its name: a topic that is deleted and made again starts at
 *     offset 0 (KIP-516); with the incarnation of the log, see {@link AssignedPartition#topicId}
 * @param partition the partition's number
 * @param offset the record's offset
 * @param item the place of an event among several in the record; 0 for the first or only one
 */
public record Position(String topicId, int partition, long offset, int item) {

    /** The position of a record, or of the first event in it. */
    public Position(String topicId, int partition, long offset) {
        this(topicId, partition, offset, 0);
    }

    /** The partition as a name for its watermarks in the store. */
    public String source() {
        return source(topicId, partition);
    }

    /** A partition as a name for its watermarks in the store. */
    public static String source(String topicId, int partition) {
        return topicId + "_" + partition;
    }
}
