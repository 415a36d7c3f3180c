package gpuanalytics.processor.series;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.SeriesKey;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.bson.BsonDateTime;

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
    private final LongSet others = new LongSet();
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

    /** Whether events may count under this series; it takes a place where it is new. */
    boolean admits(long series, int limit) throws InterruptedException {
        return admits(own, series, limit);
    }

    /** Whether surplus usages of this GPU may have an {@code other} of their own. */
    boolean admitsOther(long gpu, int limit) throws InterruptedException {
        return admits(others, gpu, limit);
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
        var prefix = (bucket + "|").length();
        store.collection(collection)
                .find(Filters.eq(StoreLayout.BUCKET, new BsonDateTime(bucket * 1000)))
                .projection(Projections.include(StoreLayout.ID))
                .forEach(
                        found -> {
                            var id = found.getString(StoreLayout.ID).getValue();
                            var series = id.substring(prefix);
                            (SeriesKey.isOther(series) ? others : own).add(SeriesKey.hash(series));
                        });
        return this;
    }

    private String collection() {
        return switch (topic) {
            case GPU_METRICS -> StoreLayout.GPU_HOUR;
            case TOKEN_USAGE -> StoreLayout.TOKEN_HOUR;
        };
    }
}
