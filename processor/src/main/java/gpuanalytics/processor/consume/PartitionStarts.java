package gpuanalytics.processor.consume;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.PartitionState.Reading;
import gpuanalytics.processor.consume.PartitionState.Restarting;
import gpuanalytics.processor.consume.PartitionState.Starting;
import gpuanalytics.processor.consume.StartLookup.Known;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings partitions to where their reading begins or goes on, and tells what is missing there. A
 * partition is paused until the broker has said where that is. For the ingest thread.
 */
final class PartitionStarts {

    private static final Logger log = LoggerFactory.getLogger(PartitionStarts.class);

    private final Map<String, EventTopic> topics;
    private final PartitionTable table;
    private final BrokerWatch watch;
    private final ProcessorMetrics metrics;

    PartitionStarts(
            Map<String, EventTopic> topics,
            PartitionTable table,
            BrokerWatch watch,
            ProcessorMetrics metrics) {
        this.topics = topics;
        this.table = table;
        this.watch = watch;
        this.metrics = metrics;
    }

    /** Newly assigned ones. */
    void start(GroupClient client, Collection<TopicPartition> partitions) {
        client.pause(partitions);
        // Any position will do until the lookup has the right one; without one, poll throws.
        partitions.forEach(partition -> client.seek(partition, Mark.at(0)));
        var lookup = watch.lookUp(Set.copyOf(partitions), Map.of(), client.metadataVersion());
        partitions.forEach(partition -> table.put(partition, new Starting(lookup)));
    }

    /** Those that are read go on behind the last record handed on, wherever that is by now. */
    void restart(GroupClient client, Collection<TopicPartition> partitions) {
        var known = new HashMap<TopicPartition, Known>();
        for (var partition : partitions) {
            var reading = table.reading(partition);
            if (reading != null) {
                var assignment = reading.assignment();
                known.put(partition, new Known(assignment.topicId(), assignment.position()));
            }
        }
        restart(client, known);
    }

    /** The broker has lost the end of logs: they go on where they last were what was read. */
    void restart(GroupClient client, LogTruncationException cut) {
        var known = new HashMap<TopicPartition, Known>();
        cut.offsetOutOfRangePartitions()
                .forEach(
                        (partition, position) -> {
                            var reading = table.reading(partition);
                            if (reading != null) {
                                var topicId = reading.assignment().topicId();
                                var kept = cut.divergentOffsets().get(partition);
                                known.put(
                                        partition,
                                        kept == null
                                                ? new Known(topicId, null, position)
                                                : new Known(
                                                        topicId,
                                                        Mark.of(kept),
                                                        position - kept.offset()));
                            }
                        });
        restart(client, known);
    }

    /** Begins those of which the broker has said where. */
    void beginWhereKnown(GroupClient client, boolean full) {
        for (var partition : List.copyOf(table.partitions())) {
            switch (table.get(partition)) {
                case Starting starting when starting.lookup().isDone() ->
                        begin(client, partition, starting, full);
                case Restarting restarting when restarting.lookup().isDone() ->
                        goOn(client, partition, restarting, full);
                case Starting _, Restarting _, Reading _ -> {}
                case null -> {}
            }
        }
    }

    private void restart(GroupClient client, Map<TopicPartition, Known> known) {
        if (known.isEmpty()) {
            return;
        }
        client.pause(known.keySet());
        var lookup = lookUp(client, known);
        for (var partition : known.keySet()) {
            var reading = table.reading(partition);
            if (reading != null) {
                table.put(partition, reading.restart(lookup));
            }
        }
    }

    private void begin(
            GroupClient client, TopicPartition partition, Starting starting, boolean full) {
        var start = starting.lookup().startOf(partition);
        if (start == null) {
            table.put(partition, starting.again(lookUpAgain(client, partition, starting.lookup())));
            return;
        }
        report(partition, start);
        var version = starting.lookup().metadataVersion();
        read(client, starting.begin(assignment(partition, start), version), full);
    }

    private void goOn(
            GroupClient client, TopicPartition partition, Restarting restarting, boolean full) {
        var lookup = restarting.lookup();
        var start = lookup.startOf(partition);
        if (start == null) {
            table.put(partition, restarting.again(lookUpAgain(client, partition, lookup)));
            return;
        }
        var assignment = restarting.assignment();
        TopicIdentity.require(assignment, start.topicId());
        report(partition, start);
        if (start.pastEnd() > 0) {
            var rest = assignment(partition, start);
            read(client, restarting.beginAnew(rest, lookup.metadataVersion()), full);
        } else {
            assignment.skipTo(start.start());
            read(client, restarting.goOn(lookup.metadataVersion()), full);
        }
    }

    private void read(GroupClient client, Reading reading, boolean full) {
        var assignment = reading.assignment();
        var partition = assignment.partition();
        table.put(partition, reading);
        client.seek(partition, assignment.position());
        if (!full) {
            client.resume(Set.of(partition));
        }
        log.atInfo()
                .addKeyValue("partition", partition)
                .addKeyValue("offset", assignment.position().offset())
                .log("reading begins");
    }

    private StartLookup lookUpAgain(
            GroupClient client, TopicPartition partition, StartLookup unanswered) {
        var known = unanswered.known().get(partition);
        return watch.lookUpLater(
                Set.of(partition),
                known == null ? Map.of() : Map.of(partition, known),
                client.metadataVersion());
    }

    private StartLookup lookUp(GroupClient client, Map<TopicPartition, Known> known) {
        return watch.lookUp(Set.copyOf(known.keySet()), known, client.metadataVersion());
    }

    private Assignment assignment(TopicPartition partition, PartitionStart start) {
        var kind = topics.get(partition.topic());
        if (kind == null) {
            throw new IllegalStateException("assigned an unknown topic: " + partition);
        }
        return new Assignment(partition, kind, start.topicId(), start.start());
    }

    private void report(TopicPartition partition, PartitionStart start) {
        if (start.lost() > 0) {
            metrics.recordsLost(partition.topic(), start.lost());
            log.atError()
                    .addKeyValue("partition", partition)
                    .addKeyValue("records", start.lost())
                    .log("retention removed records before they were read");
        }
        if (start.pastEnd() > 0) {
            metrics.pastEnd(partition.topic(), start.pastEnd());
            log.atError()
                    .addKeyValue("partition", partition)
                    .addKeyValue("records", start.pastEnd())
                    .addKeyValue("offset", start.start().offset())
                    .log("the broker has lost records that were read; reading goes on before them");
        }
    }
}
