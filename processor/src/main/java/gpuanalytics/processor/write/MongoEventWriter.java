package gpuanalytics.processor.write;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.write.Insertion.Pending;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Inserts events under their identity, so that each is there once whatever is repeated.
 *
 * <p>Unordered inserts that wait for a majority. A row whose identity is there already is judged by
 * where the stored one came from and, if that is another record, by what both say ({@link
 * Judgement}); one that failed for now is tried again alone; nothing is given up for an outage. Any
 * thread may write.
 */
public final class MongoEventWriter {

    private final MongoStore store;
    private final IdentityRules rules;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;

    public MongoEventWriter(
            MongoStore store, IdentityRules rules, StoreRetry retry, ProcessorMetrics metrics) {
        this.store = store;
        this.rules = rules;
        this.retry = retry;
        this.metrics = metrics;
    }

    /**
     * Returns when the fate of every row is sure, however long that takes.
     *
     * @return one outcome per row, in their order
     * @throws InterruptedException when the processor gives up; any row may or may not be stored
     */
    public List<Outcome> write(List<Row> rows) throws InterruptedException {
        var outcomes = new Outcome[rows.size()];
        for (var topic : EventTopic.values()) {
            var pending = pending(rows, topic);
            if (!pending.isEmpty()) {
                new Insertion(collectionOf(topic), store, rules, retry, metrics, outcomes)
                        .run(pending);
            }
        }
        return Arrays.asList(outcomes);
    }

    private static List<Pending> pending(List<Row> rows, EventTopic topic) {
        List<Pending> pending = List.of();
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).values().topic() == topic) {
                pending = pending.isEmpty() ? new ArrayList<>(rows.size() - i) : pending;
                pending.add(new Pending(i, rows.get(i)));
            }
        }
        return pending;
    }

    /** The raw collection of a kind of event. */
    public static String collectionOf(EventTopic kind) {
        return switch (kind) {
            case GPU_METRICS -> StoreLayout.GPU_METRICS;
            case TOKEN_USAGE -> StoreLayout.TOKEN_USAGE;
        };
    }
}
