package gpuanalytics.processor.consume;

import gpuanalytics.processor.consume.PartitionState.Reading;
import gpuanalytics.processor.consume.PartitionState.Restarting;
import gpuanalytics.processor.consume.PartitionState.Starting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The partitions of this moment and where each stands. One thread writes, any thread reads. */
final class PartitionTable {

    private final Map<TopicPartition, PartitionState> states = new ConcurrentHashMap<>();
    private volatile boolean begun;

    void put(TopicPartition partition, PartitionState state) {
        if (state instanceof Reading) {
            begun = true;
        }
        states.put(partition, state);
    }

    void remove(Collection<TopicPartition> partitions) {
        partitions.forEach(states::remove);
    }

    void clear() {
        states.clear();
    }

    Set<TopicPartition> partitions() {
        return states.keySet();
    }

    @Nullable PartitionState get(TopicPartition partition) {
        return states.get(partition);
    }

    /** The partition's state if records of it are handed on. */
    @Nullable Reading reading(TopicPartition partition) {
        return states.get(partition) instanceof Reading reading ? reading : null;
    }

    /** Those of which records are handed on. */
    List<TopicPartition> readable() {
        return states.keySet().stream().filter(partition -> reading(partition) != null).toList();
    }

    /** Whether a partition was ever read. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether all are read. */
    boolean allRead() {
        return states.values().stream().allMatch(Reading.class::isInstance);
    }

    /** What is read or was read and is being restarted. */
    List<Assignment> assignments() {
        var found = new ArrayList<Assignment>();
        for (var state : states.values()) {
            switch (state) {
                case Starting _ -> {}
                case Reading reading -> found.add(reading.assignment());
                case Restarting restarting -> found.add(restarting.assignment());
            }
        }
        return found;
    }

    /** The same for these partitions only. */
    List<Assignment> assignments(Collection<TopicPartition> partitions) {
        return assignments().stream()
                .filter(assignment -> partitions.contains(assignment.partition()))
                .toList();
    }
}
