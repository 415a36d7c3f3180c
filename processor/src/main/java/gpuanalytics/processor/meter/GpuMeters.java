package gpuanalytics.processor.meter;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.util.LinkedHashMap;
import java.util.Map;

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

    /** The meter of a row's GPU, a new one if there is none that holds for it. */
    GpuMeter usedBy(Row row, long turn) {
        var partition = row.record().partition();
        var meter = meters.get(series(row));
        if (meter == null || !meter.holdsFor(partition)) {
            meter = new GpuMeter(partition);
            meters.put(series(row), meter);
        }
        meter.usedIn(turn, partition);
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
