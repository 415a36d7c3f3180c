package gpuanalytics.processor.batch;

import gpuanalytics.processor.decode.DecodedRecord;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects decoded records into batches. For one thread. */
public final class Batcher {

    private final BatchPolicy policy;
    private final UnderWay underWay;
    private final ProcessorMetrics metrics;
    private Batch.@Nullable Builder open;
    private int lastSize;

    public Batcher(BatchPolicy policy, UnderWay underWay, ProcessorMetrics metrics) {
        this.policy = policy;
        this.underWay = underWay;
        this.metrics = metrics;
    }

    /**
     * Adds records, all events of each.
     *
     * @param writerFree whether a batch would be written at once; one that would only wait for a
     *     writer fills meanwhile, however old it is
     * @return the batches that go to the store now, oldest first
     */
    public List<Batch> add(List<DecodedRecord> records, boolean writerFree) {
        var due = new ArrayList<Batch>();
        long allBytes = 0;
        for (var record : records) {
            var batch = open();
            long bytes = record.bytes();
            batch.add(record, bytes);
            allBytes += bytes;
            // All events of a record count in one flush: the rollups' guards know offsets alone.
            if (record.record().isLast() && policy.isFull(batch.size(), batch.bytes())) {
                due.addAll(rest());
            }
        }
        underWay.read(records.size(), allBytes);
        // What became full just now takes a writer first.
        if (open != null && isDue(open, writerFree && due.isEmpty())) {
            due.addAll(rest());
        }
        return due;
    }

    /**
     * How long further records may be waited for before {@link #add} is called again.
     *
     * @param longest where no batch is open
     * @param again where a batch is old enough and waits for a writer
     */
    public Duration wait(Duration longest, Duration again) {
        if (open == null) {
            return longest;
        }
        var left = policy.age().minus(age(open));
        if (left.isPositive()) {
            return left.compareTo(longest) < 0 ? left : longest;
        }
        return again;
    }

    /** What waits for further records: one batch or none. */
    public List<Batch> rest() {
        var batch = open;
        open = null;
        if (batch == null) {
            return List.of();
        }
        lastSize = batch.size();
        metrics.batched(lastSize);
        return List.of(batch.build());
    }

    private boolean isDue(Batch.Builder batch, boolean writerFree) {
        return policy.isFull(batch.size(), batch.bytes())
                || (writerFree && policy.isDue(batch.size(), batch.bytes(), age(batch)));
    }

    private static Duration age(Batch.Builder batch) {
        return Duration.ofNanos(System.nanoTime() - batch.openedNanos());
    }

    private Batch.Builder open() {
        var batch = open;
        if (batch == null) {
            batch = new Batch.Builder(System.nanoTime(), lastSize);
            open = batch;
        }
        return batch;
    }
}
