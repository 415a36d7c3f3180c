package gpuanalytics.processor.consume;

import gpuanalytics.processor.consume.StartLookup.Known;

/**
 * Where reading of a partition begins.
 *
 * @param topicId the id of the topic as it is now
 * @param start the first record to read
 * @param lost how many records retention has removed that were never read
 * @param pastEnd how many offsets were read that are no longer in the log: the broker has lost
 *     records
 */
record PartitionStart(String topicId, Mark start, long lost, long pastEnd) {

    /** Where to begin in a log that reaches from {@code earliest} to before {@code end}. */
    static PartitionStart of(String topicId, Known known, long earliest, long end) {
        var position = known.position();
        var ofThisTopic = known.topicId().isEmpty() || known.topicId().equals(topicId);
        if (position == null || !ofThisTopic) {
            // A deleted topic's offset means nothing in the one that has its name now.
            return new PartitionStart(
                    topicId,
                    Mark.at(earliest),
                    0,
                    ofThisTopic ? known.truncatedSince(earliest) : 0);
        }
        if (position.offset() < earliest) {
            return new PartitionStart(
                    topicId, Mark.at(earliest), earliest - position.offset(), known.truncated());
        }
        if (position.offset() > end && position.leaderEpoch().isEmpty()) {
            return new PartitionStart(
                    topicId, Mark.at(end), 0, known.truncated() + position.offset() - end);
        }
        // With an epoch the client finds out itself where the log goes on, which is not at its end.
        return new PartitionStart(topicId, position, 0, known.truncated());
    }
}
