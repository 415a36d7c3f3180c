package gpuanalytics.processor.consume;

/**
 * Where reading of a partition begins.
 *
 * @param topicId the id of the topic as it is now
 * @param offset the first offset to read
 * @param lost how many records retention has removed that were never read
 * @param pastEnd how many offsets the committed one lay behind the end: records that the broker has
 *     lost
 */
record PartitionStart(String topicId, long offset, long lost, long pastEnd) {

    /**
     * Where to begin.
     *
     * @param committed the committed offset; negative where there is none
     * @param committedTopicId the id of the topic it was committed for; empty where not known
     */
    static PartitionStart of(
            String topicId, long committed, String committedTopicId, long earliest, long end) {
        var ofThisTopic = committedTopicId.isEmpty() || committedTopicId.equals(topicId);
        if (committed < 0 || !ofThisTopic) {
            // A deleted topic's offset means nothing in the one that has its name now.
            return new PartitionStart(topicId, earliest, 0, 0);
        }
        if (committed > end) {
            return new PartitionStart(topicId, end, 0, committed - end);
        }
        return new PartitionStart(
                topicId, Math.max(committed, earliest), Math.max(0, earliest - committed), 0);
    }
}
