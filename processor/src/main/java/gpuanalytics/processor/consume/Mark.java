package gpuanalytics.processor.consume;

import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * A place between two records of a partition.
 *
 * <p>Only with its epoch does an offset tell which record comes before it: a broker that has lost
 * the end of its log fills the same offsets again, under a later leader (KIP-320).
 *
 * @param offset the offset of the next record
 * @param leaderEpoch the epoch of the leader that took the record before it; empty where not known
 */
record Mark(long offset, Optional<Integer> leaderEpoch) {

    static Mark of(OffsetAndMetadata kafkas) {
        return new Mark(kafkas.offset(), kafkas.leaderEpoch());
    }

    /** A place of which only the offset is known. */
    static Mark at(long offset) {
        return new Mark(offset, Optional.empty());
    }

    OffsetAndMetadata with(String metadata) {
        return new OffsetAndMetadata(offset, leaderEpoch, metadata);
    }
}
