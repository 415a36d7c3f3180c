package gpuanalytics.processor.rollup;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoException;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.Gathered.Latest;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreErrors;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.StoreTrim;
import gpuanalytics.processor.store.WireDocuments;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the latest sample of each GPU, of a bounded number of them, and how far its counters are
 * read. Repeating or reordering changes nothing: only a later sample replaces one, only a later
 * reading another.
 */
final class LatestUpdates {

    private static final String UPDATE = "update of " + StoreLayout.GPU_LATEST;

    private final MongoStore store;
    private final int maxGpus;
    private final StoreRetry retry;
    private final ProcessorMetrics metrics;
    private final Clock clock;

    /**
     * @param maxGpus of how many GPUs the latest sample is kept
     */
    LatestUpdates(
            MongoStore store,
            int maxGpus,
            StoreRetry retry,
            ProcessorMetrics metrics,
            Clock clock) {
        this.store = store;
        this.maxGpus = maxGpus;
        this.retry = retry;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** A GPU's latest sample and meter, at least one of them. */
    private record Pending(String gpu, @Nullable Latest latest, @Nullable MeterState meter) {}

    /** Returns when every sample that is the latest of its GPU is stored, and the meters are. */
    void apply(Map<String, Latest> latest, Map<String, MeterState> meters)
            throws InterruptedException {
        var pending = new ArrayList<Pending>(latest.size());
        latest.forEach((gpu, sample) -> pending.add(new Pending(gpu, sample, meters.get(gpu))));
        meters.forEach(
                (gpu, meter) -> {
                    if (!latest.containsKey(gpu)) {
                        pending.add(new Pending(gpu, null, meter));
                    }
                });
        if (!pending.isEmpty() && update(pending)) {
            retry.untilAnswered("trimming of " + StoreLayout.GPU_LATEST, this::trim);
        }
    }

    /** Whether a GPU was new. */
    private boolean update(List<Pending> pending) throws InterruptedException {
        var isNew = false;
        var left = pending;
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            try {
                isNew |= store.update(StoreLayout.GPU_LATEST, written(left)) > 0;
                metrics.mongoWritten(StoreLayout.GPU_LATEST, left.size());
                left = List.of();
            } catch (MongoBulkWriteException e) {
                isNew |= !e.getWriteResult().getUpserts().isEmpty();
                left = again(left, e, attempt);
                if (!e.getWriteErrors().stream().allMatch(StoreErrors::isDuplicate)
                        || e.getWriteConcernError() != null) {
                    retry.pauseAfter(UPDATE, attempt, StoreErrors.firstPassing(e));
                }
            } catch (MongoException e) {
                isNew = true; // perhaps
                retry.pauseAfter(UPDATE, attempt, e);
            }
        }
        retry.succeeded(UPDATE);
        return isNew;
    }

    private static List<Pending> again(
            List<Pending> pending, MongoBulkWriteException failure, int attempt) {
        if (failure.getWriteConcernError() != null) {
            return pending;
        }
        var again = new ArrayList<Pending>();
        for (var error : failure.getWriteErrors()) {
            var each = pending.get(error.getIndex());
            if (attempt == 1 || !StoreErrors.isDuplicate(error)) {
                // A duplicate key: a later sample is there; or an earlier one came in at the same
                // moment, which a second attempt finds out.
                again.add(each);
            } else if (each.meter != null) {
                // A counter may be read further by samples that are not the latest.
                again.add(new Pending(each.gpu, null, each.meter));
            }
        }
        return again;
    }

    private WireDocuments written(List<Pending> updates) {
        long now = clock.millis();
        return BsonBytes.written(updates, (out, pending) -> writeUpdate(out, pending, now));
    }

    /** An element of the array of an update command. */
    private static void writeUpdate(BsonBytes out, Pending pending, long now) {
        int update = out.beginDocument();
        int filter = out.begin("q");
        out.text(StoreLayout.ID, pending.gpu);
        if (pending.latest != null) {
            writeLessThan(out, pending.latest);
        }
        out.end(filter);
        int change = out.begin("u");
        if (pending.meter != null) {
            int maxima = out.begin("$max");
            pending.meter.writeMaxima(out);
            out.end(maxima);
        }
        if (pending.latest != null) {
            writeSet(out, pending.latest, now);
        }
        out.end(change);
        out.flag("upsert", pending.latest != null);
        out.end(update);
    }

    /** The samples that one replaces. */
    private static void writeLessThan(BsonBytes out, Latest latest) {
        if (latest.word() == 0) {
            writeEarlier(out, latest);
            return;
        }
        // Words about one sample each hold what those before them say too.
        int either = out.beginArray("$or");
        int earlier = out.begin("0");
        writeEarlier(out, latest);
        out.end(earlier);
        int lessSaid = out.begin("1");
        out.whole(StoreLayout.TS_EPOCH_NANOS, latest.values().epochNanos());
        int word = out.begin(StoreLayout.WORD);
        int not = out.begin("$not");
        out.small("$gte", latest.word());
        out.end(not);
        out.end(word);
        out.end(lessSaid);
        out.end(either);
    }

    private static void writeEarlier(BsonBytes out, Latest latest) {
        int earlier = out.begin(StoreLayout.TS_EPOCH_NANOS);
        out.whole("$lt", latest.values().epochNanos());
        out.end(earlier);
    }

    private static void writeSet(BsonBytes out, Latest latest, long now) {
        int set = out.begin("$set");
        out.document(StoreLayout.SAMPLE, latest.document());
        out.time(StoreLayout.TS, latest.values().epochMilli());
        out.whole(StoreLayout.TS_EPOCH_NANOS, latest.values().epochNanos());
        out.small(StoreLayout.WORD, latest.word());
        out.time(StoreLayout.STORED_AT, now);
        out.end(set);
    }

    /**
     * Takes out the GPUs that were heard of longest ago, beyond the limit: names that come once,
     * such as a pod's in place of a host's, must not fill the store, and make room first.
     */
    private Long trim() {
        long all = StoreTrim.toNewest(store.collection(StoreLayout.GPU_LATEST), maxGpus);
        metrics.latestEvicted(all);
        return all;
    }
}
