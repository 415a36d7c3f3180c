package gpuanalytics.processor.consume;

import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** How many records are not done yet, from what the broker last said. Any thread may ask. */
final class Lags {

    private final PartitionTable table;

    Lags(PartitionTable table) {
        this.table = table;
    }

    /** Over all partitions; negative while it is not known. */
    long total(Map<TopicPartition, Long> ends) {
        if (!table.hasBegun() || !ends.keySet().containsAll(table.partitions()) || !allPlaced()) {
            return -1;
        }
        return perPartition(ends).stream().mapToLong(ProcessorMetrics.Lag::records).sum();
    }

    List<ProcessorMetrics.Lag> perPartition(Map<TopicPartition, Long> ends) {
        var lags = new ArrayList<ProcessorMetrics.Lag>();
        for (var assignment : table.assignments()) {
            var partition = assignment.partition();
            var end = ends.get(partition);
            if (end != null) {
                lags.add(
                        new ProcessorMetrics.Lag(
                                partition.topic(),
                                partition.partition(),
                                Math.max(0, end - assignment.doneOffset())));
            }
        }
        return lags;
    }

    /** Whether it is known of each how far it is done. */
    private boolean allPlaced() {
        return table.assignments().size() == table.partitions().size();
    }
}
