package gpuanalytics.processor.meter;

import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedBatch;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.write.Written;

/**
 * The metering step decides what samples count that depends on the sample before them: the rise of
 * the energy counter where there is no power, and XIDs that are new; and the share of a MIG
 * instance.
 *
 * <p>It is decided before the raw document is stored and is stored with it, so whoever reads the
 * record again counts the same. Batches are decided one at a time in their order, on whatever
 * thread writes them. How far the counters of a GPU are read goes to the store with what they
 * count; after a start that is where reading goes on: what was decided after it is not committed
 * and is read again, in the same order, and what was decided before it moves nothing.
 */
public final class Metering {

    private final LatestReadings latest;
    private final StoredSamples stored;
    private final Decisions decisions;
    private final Turns turns = new Turns();
    private final GpuMeters meters;

    Metering(
            MeterLimits limits,
            LatestReadings latest,
            StoredSamples stored,
            ProcessorMetrics metrics) {
        this.latest = latest;
        this.stored = stored;
        this.decisions = new Decisions(limits, metrics);
        this.meters = new GpuMeters(limits.gpus());
    }

    /** Meters that go on from what the store knows. */
    public static Metering of(
            MeterLimits limits, MongoStore store, StoreRetry retry, ProcessorMetrics metrics) {
        return new Metering(
                limits, new LatestReadings(store, retry), new StoredSamples(store, retry), metrics);
    }

    /** Whoever stores what is decided. */
    @FunctionalInterface
    public interface Writing {

        /** Returns when the fate of every row is sure. */
        Written write(Batch batch) throws InterruptedException;
    }

    /** A batch's place in the order. */
    public final class Turn {

        private final long number = turns.give();

        private Turn() {}

        /**
         * Decides the rows of the batch and has them stored, with what was decided.
         *
         * @return what counts
         * @throws InterruptedException when the processor gives up
         */
        public CountedBatch store(Batch batch, Writing writing) throws InterruptedException {
            turns.await(number);
            var rounds = new Rounds(batch, number, turns, meters, stored, decisions);
            rounds.begin(latest);
            rounds.decide();
            while (rounds.isWaiting()) {
                rounds.store(writing);
                rounds.decide();
            }
            rounds.keepMeters();
            meters.trim();
            turns.pass();
            rounds.store(writing);
            turns.settled(number);
            return rounds.counted();
        }
    }

    /** The turn of the next batch; for the thread that hands batches on, in their order. */
    public Turn turn() {
        return new Turn();
    }

    /** The oldest batch that is not done is stored and rolled up; for the same thread. */
    public void batchDone() {
        meters.batchDone();
    }

    /** How many meters are kept; for tests, while nothing is decided. */
    int kept() {
        return meters.size();
    }
}
