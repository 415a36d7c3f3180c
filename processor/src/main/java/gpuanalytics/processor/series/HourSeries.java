package gpuanalytics.processor.series;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.decode.SeriesKey;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.bson.BsonDateTime;
import org.bson.RawBsonDocument;

/**
 * The series that one hour of a topic has: those let in here and those that the store has, of other
 * processors too. Any thread may ask; only who comes with a new series may have to wait for a look
 * into the store.
 */
final class HourSeries {

    private static final Duration REFRESH = Duration.ofSeconds(10);

    private final EventTopic topic;
    private final long bucket;
    private final MongoStore store;
    private final StoreRetry retry;
    private final Clock clock;

    private final LongSet own = new LongSet();
    private final LongSet folded = new LongSet();
    private final LongSet others = new LongSet();
    private final LabelValues values = new LabelValues();
    private final ReentrantLock refreshing = new ReentrantLock();
    private Instant readAt = Instant.EPOCH;

    /**
     * @param bucket the start of the hour, in seconds since 1970
     */
    HourSeries(EventTopic topic, long bucket, MongoStore store, StoreRetry retry, Clock clock) {
        this.topic = topic;
        this.bucket = bucket;
        this.store = store;
        this.retry = retry;
        this.clock = clock;
    }

    EventTopic topic() {
        return topic;
    }

    long bucket() {
        return bucket;
    }

    /** Whether events may count under their own series; it takes a place where it is new. */
    boolean admits(Labels labels, int limit) throws InterruptedException {
        if (own.contains(labels.seriesHash())) {
            return true;
        }
        if (topic == EventTopic.TOKEN_USAGE) {
            values.add(labels);
        }
        return admits(own, labels.seriesHash(), limit);
    }

    /** Whether surplus usages may count under this series, some of whose labels are folded. */
    boolean admitsFolded(long series, int limit) throws InterruptedException {
        return admits(folded, series, limit);
    }

    /** Whether surplus usages of this GPU may have an {@code other} of their own. */
    boolean admitsOther(long gpu, int limit) throws InterruptedException {
        return admits(others, gpu, limit);
    }

    /** The labels of usages, that with the most values in this hour first. */
    List<Field<?>> labelsByValues() {
        return values.byCount();
    }

    private boolean admits(LongSet known, long series, int limit) throws InterruptedException {
        if (known.contains(series)) {
            return true;
        }
        refresh();
        return known.addBelow(limit, series);
    }

    /** Adds the series that the store has. */
    private void refresh() throws InterruptedException {
        refreshing.lockInterruptibly();
        try {
            var now = clock.instant();
            if (now.isBefore(readAt.plus(REFRESH))) {
                return;
            }
            var collection = collection();
            retry.untilAnswered("read of " + collection, () -> read(collection));
            readAt = now;
        } finally {
            refreshing.unlock();
        }
    }

    private HourSeries read(String collection) {
        store.collection(collection)
                .find(Filters.eq(StoreLayout.BUCKET, new BsonDateTime(bucket * 1000)))
                .projection(Projections.include(fieldsRead()))
                .forEach(this::add);
        values.sort();
        return this;
    }

    private List<String> fieldsRead() {
        var fields = new ArrayList<String>();
        fields.add(StoreLayout.ID);
        if (topic == EventTopic.TOKEN_USAGE) {
            LabelValues.LABELS.forEach(label -> fields.add(label.name()));
        }
        return fields;
    }

    private void add(RawBsonDocument rollup) {
        var id = rollup.getString(StoreLayout.ID).getValue();
        var series = id.substring((bucket + "|").length());
        if (SeriesKey.isOther(series)) {
            others.add(SeriesKey.hash(series));
            return;
        }
        var isFolded = topic == EventTopic.TOKEN_USAGE && SeriesKey.isFolded(series);
        (isFolded ? folded : own).add(SeriesKey.hash(series));
        if (topic == EventTopic.TOKEN_USAGE) {
            values.add(rollup);
        }
    }

    private String collection() {
        return switch (topic) {
            case GPU_METRICS -> StoreLayout.GPU_HOUR;
            case TOKEN_USAGE -> StoreLayout.TOKEN_HOUR;
        };
    }
}
