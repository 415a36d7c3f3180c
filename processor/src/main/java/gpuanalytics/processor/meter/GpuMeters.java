package gpuanalytics.processor.meter;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The meters of some GPUs and MIG instances, by series: those used last, and all that a batch under
 * way has used. The store knows nothing of what such a batch has read, so its meters must not be
 * let go and read from there. For one thread at a time; any thread may say what is done.
 */
final class GpuMeters {

    private final int limit;
    private final LinkedHashMap<String, GpuMeter> meters = new LinkedHashMap<>(16, 0.75f, true);
    private volatile long batchesDone;

    GpuMeters(int limit) {
        this.limit = limit;
    }

    int size() {
        return meters.size();
    }

    /** The meter of a row's GPU; null for none that holds for it. */
    @Nullable GpuMeter find(Row row) {
        var meter = meters.get(series(row));
        return meter != null && meter.holdsFor(row.record().partition()) ? meter : null;
    }

    /** The meter of a row's GPU, a new one if there is none. */
    GpuMeter of(Row row) {
        var meter = find(row);
        if (meter == null) {
            meter = new GpuMeter(row.record().partition());
            meters.put(series(row), meter);
        }
        return meter;
    }

    /** One more batch is stored whole, in the order of turns; any thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread takes batches as done
    void batchDone() {
        batchesDone++;
    }

    /** Lets those go that were used longest ago, as far as the store knows what they know. */
    void trim() {
        var oldest = meters.entrySet().iterator();
        while (meters.size() > limit && oldest.hasNext()) {
            Map.Entry<String, GpuMeter> next = oldest.next();
            if (next.getValue().lastTurn() >= batchesDone) {
                return; // and all others were used after it
            }
            oldest.remove();
        }
    }

    static String series(Row row) {
        return row.values().labels().series();
    }
}
