package gpuanalytics.processor.write;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.metrics.ProcessorMetrics.Duplicate;
import gpuanalytics.processor.reject.RecordNotices;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Counts what became of the events of a batch, and measures how long some of them took. */
public final class Tally {

    /** Delays are measured on this many events of a batch: a timer for each would cost as much. */
    private static final int MEASURED_PER_BATCH = 16;

    private final ProcessorMetrics metrics;
    private final RecordNotices notices;
    private final Clock clock;

    public Tally(ProcessorMetrics metrics, RecordNotices notices, Clock clock) {
        this.metrics = metrics;
        this.notices = notices;
        this.clock = clock;
    }

    void count(List<Row> rows, List<Outcome> outcomes) {
        for (var topic : EventTopic.values()) {
            count(topic, rows, outcomes);
        }
    }

    private void count(EventTopic topic, List<Row> rows, List<Outcome> outcomes) {
        var stored = new ArrayList<Row>(rows.size());
        var repeated = new ArrayList<Row>();
        var redelivered = 0L;
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            if (row.values().topic() != topic) {
                continue;
            }
            switch (outcomes.get(i)) {
                case Stored _ -> stored.add(row);
                case Redelivered _ -> redelivered++;
                case Repeated() -> repeated.add(row);
                case Rejected _ -> {} // counted by those who send the dead letters
            }
        }
        metrics.stored(topic, stored.size());
        metrics.duplicates(topic, Duplicate.REDELIVERY, redelivered);
        metrics.duplicates(topic, Duplicate.REPEAT, repeated.size());
        if (!repeated.isEmpty()) {
            var first = repeated.getFirst();
            notices.repeated(first.record(), first.id(), repeated.size());
        }
        measure(topic, stored);
    }

    /** Measures events that lie evenly over the batch. */
    private void measure(EventTopic topic, List<Row> stored) {
        var now = clock.instant();
        var step = Math.max(1, stored.size() / MEASURED_PER_BATCH);
        for (int i = 0; i < stored.size(); i += step) {
            var row = stored.get(i);
            metrics.delays(
                    topic,
                    Duration.between(Instant.ofEpochMilli(row.values().epochMilli()), now),
                    Duration.between(row.record().timestamp(), now));
        }
    }
}
