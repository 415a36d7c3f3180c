package gpuanalytics.processor.rollup;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDateTime;

/**
 * Bounds how many series an hour has: the usages of further ones are marked to count under {@code
 * other}.
 *
 * <p>The mark is decided before the raw document is stored and is stored with it. Whoever reads the
 * record again finds the stored mark and counts it in the same place, whatever would be decided by
 * then. Several processors may together let a few more series in than the limit.
 */
public final class SeriesCap {

    private static final int HOURS_REMEMBERED = 32;
    private static final Duration REFRESH = Duration.ofSeconds(10);

    private final int maxSeries;
    private final MongoStore store;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;

    private final Map<Long, Hour> hours =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, Hour> eldest) {
                    return size() > HOURS_REMEMBERED;
                }
            };

    private static final class Hour {
        private final LongSet series = new LongSet();
        private Instant readAt = Instant.EPOCH;
    }

    public SeriesCap(
            int maxSeries,
            MongoStore store,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock) {
        this.maxSeries = maxSeries;
        this.store = store;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * The rows, those of surplus series marked.
     *
     * @throws InterruptedException when the processor gives up
     */
    public synchronized List<Row> mark(List<Row> rows) throws InterruptedException {
        var marked = new ArrayList<Row>(rows.size());
        for (var row : rows) {
            marked.add(isSurplus(row) ? row.overflowing() : row);
        }
        return marked;
    }

    private boolean isSurplus(Row row) throws InterruptedException {
        if (row.record().partition().kind() != EventTopic.TOKEN_USAGE) {
            return false;
        }
        var facts = Facts.of(RollupKind.TOKEN, row.document());
        var series = hash(facts.series());
        var bucket = Granularity.HOUR.bucketOf(facts.epochSecond());
        var hour = hours.computeIfAbsent(bucket, _ -> new Hour());
        if (hour.series.contains(series)) {
            return false;
        }
        refresh(bucket, hour);
        if (hour.series.contains(series)) {
            return false;
        }
        if (hour.series.size() < maxSeries) {
            hour.series.add(series);
            return false;
        }
        metrics.overflowed(1);
        return true;
    }

    /** Adds the series that the store has, those of other processors among them. */
    private void refresh(long bucket, Hour hour) throws InterruptedException {
        var now = clock.instant();
        if (now.isBefore(hour.readAt.plus(REFRESH))) {
            return;
        }
        var start = new BsonDateTime(bucket * 1000);
        var prefix = (bucket + "|").length();
        retry.untilAnswered(
                "read of " + StoreLayout.TOKEN_HOUR,
                () -> {
                    store.collection(StoreLayout.TOKEN_HOUR)
                            .find(Filters.eq(StoreLayout.BUCKET, start))
                            .projection(Projections.include(StoreLayout.ID))
                            .forEach(
                                    found -> {
                                        var id = found.getString(StoreLayout.ID).getValue();
                                        hour.series.add(hash(id.substring(prefix)));
                                    });
                    return hour;
                });
        hour.readAt = now;
    }

    /** FNV-1a over the characters, mixed; a collision lets one series too many in. */
    private static long hash(String text) {
        var hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
        return hash ^ (hash >>> 29);
    }
}
