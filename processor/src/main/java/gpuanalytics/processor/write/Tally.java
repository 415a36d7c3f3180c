package gpuanalytics.processor.write;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.decode.Role.Another;
import gpuanalytics.processor.decode.Role.Merging;
import gpuanalytics.processor.decode.Role.Outranked;
import gpuanalytics.processor.decode.Role.Replacing;
import gpuanalytics.processor.decode.Role.Whole;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.metrics.ProcessorMetrics.Duplicate;
import gpuanalytics.processor.metrics.ProcessorMetrics.SaidAgain;
import gpuanalytics.processor.reject.RecordNotices;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/** Counts what became of the events of a batch, and measures how long some of them took. */
public final class Tally {

    /** Delays are measured on this many events of a batch: a timer for each would cost as much. */
    private static final int MEASURED_PER_BATCH = 16;

    /** Who did not say which provider. */
    private static final String UNKNOWN = "unknown";

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
        var again = new EnumMap<SaidAgain, List<Row>>(SaidAgain.class);
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            if (row.values().topic() != topic) {
                continue;
            }
            switch (outcomes.get(i)) {
                case Stored(var counted) -> {
                    stored.add(row);
                    var how = saidAgain(counted.role());
                    if (how != null) {
                        again.computeIfAbsent(how, _ -> new ArrayList<>()).add(row);
                    }
                }
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
        again.forEach((how, events) -> metrics.saidAgain(topic, how, events.size()));
        countReused(again.getOrDefault(SaidAgain.REUSED, List.of()));
        measure(topic, stored);
    }

    private static @Nullable SaidAgain saidAgain(Role role) {
        return switch (role) {
            case Whole _ -> null;
            case Another _ -> SaidAgain.REUSED;
            case Replacing _ -> SaidAgain.SUPERSEDING;
            case Outranked _ -> SaidAgain.OUTRANKED;
            case Merging _ -> SaidAgain.MERGED;
        };
    }

    private void countReused(List<Row> requests) {
        var byProvider = new LinkedHashMap<String, List<Row>>();
        for (var row : requests) {
            byProvider.computeIfAbsent(provider(row), _ -> new ArrayList<>()).add(row);
        }
        byProvider.forEach(
                (provider, rows) -> {
                    metrics.identityReused(provider, rows.size());
                    var first = rows.getFirst();
                    notices.reused(first.record(), first.id(), provider, rows.size());
                });
    }

    private static String provider(Row row) {
        return row.document().get(TokenUsage.PROVIDER.name()) instanceof BsonString provider
                ? provider.getValue()
                : UNKNOWN;
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
