package gpuanalytics.processor.meter;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.rollup.MeterState;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonNumber;
import org.bson.conversions.Bson;

/** How far counters are read, as it is stored with the latest samples. */
public final class LatestReadings {

    private static final String READ = "reading of " + StoreLayout.GPU_LATEST;
    private static final int ASKED_AT_ONCE = 1000;
    private static final Bson READINGS =
            Projections.include(
                    StoreLayout.TS_EPOCH_NANOS,
                    StoreLayout.METER,
                    StoreLayout.SAMPLE + "." + GpuMetric.INTERVAL_S.name(),
                    StoreLayout.SAMPLE + "." + StoreLayout.ASSUMED_INTERVAL_S,
                    StoreLayout.SAMPLE + "." + GpuMetric.ENERGY_J_TOTAL.name(),
                    StoreLayout.SAMPLE + "." + GpuMetric.XID.name(),
                    StoreLayout.SAMPLE + "." + GpuMetric.XID_ERRORS_TOTAL.name());

    private final MongoStore store;
    private final StoreRetry retry;

    public LatestReadings(MongoStore store, StoreRetry retry) {
        this.store = store;
        this.retry = retry;
    }

    /**
     * Those of some GPUs and MIG instances, by their series, as far as they are known; however long
     * that takes.
     *
     * @throws InterruptedException when the processor gives up
     */
    Map<String, StoredReading> of(Collection<String> series) throws InterruptedException {
        var readings = new HashMap<String, StoredReading>();
        var all = List.copyOf(series);
        for (int from = 0; from < all.size(); from += ASKED_AT_ONCE) {
            var some = all.subList(from, Math.min(all.size(), from + ASKED_AT_ONCE));
            for (var found : retry.untilAnswered(READ, () -> find(some))) {
                readings.put(found.getString(StoreLayout.ID).getValue(), reading(found));
            }
        }
        return readings;
    }

    private List<? extends BsonDocument> find(List<String> series) {
        return store.collection(StoreLayout.GPU_LATEST)
                .find(Filters.in(StoreLayout.ID, series))
                .projection(READINGS)
                .into(new ArrayList<>());
    }

    private static StoredReading reading(BsonDocument latest) {
        var sample = latest.getDocument(StoreLayout.SAMPLE, new BsonDocument());
        long at = latest.getNumber(StoreLayout.TS_EPOCH_NANOS).longValue();
        return new StoredReading(
                at,
                intervalS(sample),
                MeterState.ofSample(sample, at),
                MeterState.ofDocument(latest));
    }

    private static double intervalS(BsonDocument sample) {
        var given = sample.get(GpuMetric.INTERVAL_S.name());
        var interval = given != null ? given : sample.get(StoreLayout.ASSUMED_INTERVAL_S);
        return interval instanceof BsonNumber seconds ? seconds.doubleValue() : Double.NaN;
    }
}
