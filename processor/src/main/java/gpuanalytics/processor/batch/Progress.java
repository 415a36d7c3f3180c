package gpuanalytics.processor.batch;

import gpuanalytics.processor.consume.AssignedPartition;
import java.util.Map;

/**
 * How far partitions are done once a batch is: what is left of it when its records are let go.
 *
 * @param records how many it had
 * @param next for each partition with a record in it, the offset behind the last one
 */
public record Progress(int records, Map<AssignedPartition, Long> next) {

    /** Notes it in the partitions. */
    public void complete() {
        next.forEach(AssignedPartition::complete);
    }
}
