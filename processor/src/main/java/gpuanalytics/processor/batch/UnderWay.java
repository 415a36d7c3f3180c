package gpuanalytics.processor.batch;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is read and not done, and since when; the steps tell it how far they are. Batches are done
 * in the order they were begun. One thread begins them and takes them as done; any thread may ask.
 */
public final class UnderWay {

    private final Clock clock;
    private final Moment.Observer observer;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong records = new AtomicLong();
    private final ArrayDeque<Instant> begun = new ArrayDeque<>();
    private volatile @Nullable Instant oldest;

    /**
     * @param observer told of each step
     */
    public UnderWay(Clock clock, Moment.Observer observer) {
        this.clock = clock;
        this.observer = observer;
    }

    /** Bytes of records that are read and whose raw documents are not stored. */
    public long bytes() {
        return bytes.get();
    }

    /** Records that are read and not done. */
    public long records() {
        return records.get();
    }

    /** When the oldest batch that is not done was begun; null where there is none. */
    public @Nullable Instant oldest() {
        return oldest;
    }

    /** A step has come so far. */
    public void reached(Moment step) {
        observer.reached(step);
    }

    /** Records were read. */
    void read(int count, long ofTheirBytes) {
        bytes.addAndGet(ofTheirBytes);
        records.addAndGet(count);
    }

    /** A batch goes to the store. */
    public void begun(Batch batch) {
        begun.add(clock.instant());
        oldest = begun.peek();
        reached(Moment.DISPATCHED);
    }

    /**
     * The records of a batch are let go, as it was read; what rollups keep of them is bounded by
     * itself.
     */
    public void letGo(Batch batch) {
        batch.letGo();
        bytes.addAndGet(-batch.bytes());
    }

    /** A batch is done, or given back. */
    public void done(Progress progress) {
        records.addAndGet(-progress.records());
        begun.poll();
        oldest = begun.peek();
    }
}
