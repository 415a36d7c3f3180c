package gpuanalytics.processor;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.consume.DeadLetter;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.metrics.ProcessorMetrics.Duplicate;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.SeriesCap;
import gpuanalytics.processor.write.EventWriter;
import gpuanalytics.processor.write.Outcome;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Refused;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries batches through the store: raw inserts of several at the same time, then the rollups of
 * one after the other, in the order they were dispatched.
 *
 * <p>A batch is completed when its raw documents, its dead letters and its rollups are
 * acknowledged, and after every batch dispatched before it. One thread dispatches and collects.
 */
final class BatchLane implements AutoCloseable {

    /** One round of rollups folds at most about this many rows. */
    private static final int MAX_ROLLUP_ROWS = 20_000;

    private record Dispatched(Batch batch, FutureTask<List<CountedRow>> raw) {}

    private final EventWriter writer;
    private final SeriesCap seriesCap;
    private final DeadLetterTopic deadLetters;
    private final MongoRollups rollups;
    private final ChangedHours changedHours;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final Step.Observer steps;

    private final ThreadPoolExecutor rawWriters;
    private final Thread rollupThread;
    private final LinkedBlockingQueue<Dispatched> dispatched = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Batch> completed = new LinkedBlockingQueue<>();
    private volatile @Nullable Throwable failure;

    BatchLane(
            int inFlightBatches,
            EventWriter writer,
            SeriesCap seriesCap,
            DeadLetterTopic deadLetters,
            MongoRollups rollups,
            ChangedHours changedHours,
            ProcessorMetrics metrics,
            Clock clock,
            Step.Observer steps) {
        this.writer = writer;
        this.seriesCap = seriesCap;
        this.deadLetters = deadLetters;
        this.rollups = rollups;
        this.changedHours = changedHours;
        this.metrics = metrics;
        this.clock = clock;
        this.steps = steps;
        this.rawWriters =
                new ThreadPoolExecutor(
                        inFlightBatches,
                        inFlightBatches,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(), // bounded by the pipeline, in bytes
                        Thread.ofPlatform().name("raw-writer-", 0).daemon().factory());
        this.rollupThread = Thread.ofPlatform().name("rollup").daemon().start(this::rollUpAll);
    }

    /** Sends a batch on its way; does not wait. */
    void dispatch(Batch batch) {
        metrics.batchDispatched(batch.size());
        var raw = new FutureTask<>(() -> storeRaw(batch));
        dispatched.add(new Dispatched(batch, raw));
        rawWriters.execute(raw);
    }

    /**
     * Takes back the batches that nobody has begun to store, all dispatched after those that
     * somebody has. They are no longer completed; whoever comes next reads their records.
     */
    List<Batch> takeBackUnbegun() {
        var unbegun = new ArrayList<Runnable>();
        rawWriters.getQueue().drainTo(unbegun);
        var taken = new ArrayList<Batch>();
        for (var each : List.copyOf(dispatched)) {
            if (unbegun.contains(each.raw) && dispatched.remove(each)) {
                unbegun.remove(each.raw);
                taken.add(each.batch);
            }
        }
        unbegun.forEach(rawWriters::execute); // the rollups wait for it already
        return taken;
    }

    /** The next completed batch, in the order of dispatch; null when none completes in time. */
    @Nullable Batch nextCompleted(Duration timeout) throws InterruptedException {
        var batch = completed.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (batch == null && failure != null) {
            throw new IllegalStateException("the pipeline failed", failure);
        }
        return batch;
    }

    /** Gives up at once what is not completed; it is read again by whoever comes next. */
    @Override
    public void close() {
        rawWriters.shutdownNow();
        rollupThread.interrupt();
    }

    private List<CountedRow> storeRaw(Batch batch) throws InterruptedException {
        var rows = seriesCap.mark(batch.rows());
        var outcomes = writer.write(rows);
        steps.reached(Step.RAW_STORED);
        var letters = letters(batch, rows, outcomes);
        deadLetters.send(letters);
        letters.forEach(
                letter -> metrics.rejected(letter.record().partition().kind(), letter.reason()));
        steps.reached(Step.DEAD_LETTERS_SENT);
        return count(rows, outcomes);
    }

    private static List<DeadLetter> letters(Batch batch, List<Row> rows, List<Outcome> outcomes) {
        var letters = new ArrayList<DeadLetter>();
        for (var refused : batch.refused()) {
            letters.add(new DeadLetter(refused.record(), refused.reason(), refused.detail()));
        }
        for (int i = 0; i < rows.size(); i++) {
            if (outcomes.get(i) instanceof Refused(var reason, var detail)) {
                letters.add(new DeadLetter(rows.get(i).record(), reason, detail));
            }
        }
        return letters;
    }

    /** The rows that count in rollups: not another record's repeats, not what was refused. */
    private List<CountedRow> count(List<Row> rows, List<Outcome> outcomes) {
        var counted = new ArrayList<CountedRow>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            var topic = row.record().partition().kind();
            switch (outcomes.get(i)) {
                case Stored(var overflow) -> {
                    metrics.stored(topic, 1);
                    measureDelays(topic, row);
                    counted.add(counted(row, overflow));
                }
                case Redelivered(var overflow) -> {
                    metrics.duplicate(topic, Duplicate.REDELIVERY);
                    counted.add(counted(row, overflow));
                }
                case Repeated() -> metrics.duplicate(topic, Duplicate.REPEAT);
                case Refused _ -> {}
            }
        }
        return counted;
    }

    private static CountedRow counted(Row row, boolean overflow) {
        var record = row.record();
        return new CountedRow(
                record.partition().kind(),
                record.partition().source(),
                record.offset(),
                row.document(),
                overflow);
    }

    private void measureDelays(EventTopic topic, Row row) {
        var now = clock.instant();
        metrics.delays(
                topic,
                Duration.between(row.eventTime(), now),
                Duration.between(row.record().timestamp(), now));
    }

    private void rollUpAll() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                rollUp(ready(dispatched.take()));
            }
        } catch (InterruptedException ignored) {
            // closed
        } catch (ExecutionException e) {
            failure = e.getCause() instanceof InterruptedException ? null : e.getCause();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /** The batch and those behind it whose raw documents are stored already: one round. */
    private List<Dispatched> ready(Dispatched first) throws InterruptedException {
        var round = new ArrayList<Dispatched>();
        var rows = 0;
        for (var next = first; next != null; next = takeIfStored(rows)) {
            round.add(next);
            rows += next.batch.size();
        }
        return round;
    }

    private @Nullable Dispatched takeIfStored(int rows) {
        var next = dispatched.peek();
        return next != null && next.raw.isDone() && rows < MAX_ROLLUP_ROWS
                ? dispatched.poll()
                : null;
    }

    private void rollUp(List<Dispatched> round) throws InterruptedException, ExecutionException {
        var rows = new ArrayList<CountedRow>();
        for (var each : round) {
            rows.addAll(each.raw.get());
        }
        steps.reached(Step.ROLLUPS_BEGIN);
        // After the rollups, before the commit: see ChangedHours.
        changedHours.mark(rollups.apply(rows));
        steps.reached(Step.ROLLED_UP);
        round.forEach(each -> completed.add(each.batch));
    }
}
