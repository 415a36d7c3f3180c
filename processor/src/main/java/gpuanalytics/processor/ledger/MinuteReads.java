package gpuanalytics.processor.ledger;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;

import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.query.QueryTimeoutException;
import gpuanalytics.processor.query.StoreReads;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.conversions.Bson;

/**
 * The stored minutes that say something of an hour, from the last to the first. While one is worked
 * on the next ones are read, few enough that what waits takes little.
 */
final class MinuteReads implements AutoCloseable {

    /**
     * What the rollups of a minute say.
     *
     * @param events how many events they count
     */
    record Minute(Instant start, List<GpuRow> gpus, List<TokenRow> usages, long events) {}

    /** Rollups of one kind, and how many events they count. */
    private record Rows<R>(List<R> rows, long events) {

        static <R> Rows<R> none() {
            return new Rows<>(List.of(), 0);
        }
    }

    private record Waiting(
            Instant start, Future<Rows<GpuRow>> gpus, Future<Rows<TokenRow>> usages) {}

    private static final int AHEAD = 2;
    private static final int MINUTES = 60;
    private static final double LONG_MS = 60_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final StoreReads reads;
    private final Instant hour;
    private final ExecutorService gpuThread = thread();
    private final ExecutorService usageThread = thread();
    private final GpuRow.Reader gpuReader = new GpuRow.Reader();
    private final TokenRow.Reader usageReader = new TokenRow.Reader();
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    private int next = MINUTES + RequestSpread.MINUTES - 1;

    MinuteReads(StoreReads reads, Instant hour) {
        this.reads = reads;
        this.hour = hour;
    }

    /** One of each kind: what reads its rollups is for one thread. */
    private static ExecutorService thread() {
        return Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    }

    boolean hasNext() {
        return next >= 0 || !waiting.isEmpty();
    }

    /**
     * The next minute.
     *
     * @throws RuntimeException as {@link StoreReads#forEach} does
     */
    Minute next() {
        while (next >= 0 && waiting.size() < AHEAD) {
            waiting.add(read(next--));
        }
        var read = waiting.remove();
        var gpus = result(read.gpus);
        var usages = result(read.usages);
        return new Minute(read.start, gpus.rows, usages.rows, gpus.events + usages.events);
    }

    private Waiting read(int place) {
        var minute = hour.plus(MINUTE.multipliedBy(place));
        var isInHour = place < MINUTES;
        Callable<Rows<GpuRow>> gpus = isInHour ? () -> gpus(minute) : Rows::none;
        return new Waiting(
                minute,
                gpuThread.submit(gpus),
                usageThread.submit(() -> isInHour ? usages(bucket(minute)) : usagesAfter(minute)));
    }

    private Rows<GpuRow> gpus(Instant minute) {
        var rows = new ArrayList<GpuRow>();
        var events = new long[1];
        reads.forEachRaw(
                StoreLayout.GPU_MINUTE,
                bucket(minute),
                gpuReader.projection(),
                rollup -> {
                    rows.add(gpuReader.read(rollup));
                    events[0] += gpuReader.events();
                });
        rows.sort(Comparator.comparing(GpuRow::series));
        return new Rows<>(rows, events[0]);
    }

    private Rows<TokenRow> usages(Bson filter) {
        var rows = new ArrayList<TokenRow>();
        var events = new long[1];
        reads.forEachRaw(
                StoreLayout.TOKEN_MINUTE,
                filter,
                usageReader.projection(),
                rollup -> {
                    rows.add(usageReader.read(rollup));
                    events[0] += usageReader.events();
                });
        return new Rows<>(rows, events[0]);
    }

    /** Of a minute after the hour only what may have run into it; none of it counts there. */
    private Rows<TokenRow> usagesAfter(Instant minute) {
        var isLong = gt(TokenUsage.LATENCY_MS.name() + "." + StoreLayout.MAX, LONG_MS);
        return new Rows<>(usages(and(bucket(minute), isLong)).rows, 0);
    }

    private <R> R result(Future<R> reading) {
        try {
            return reading.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueryTimeoutException(reads.timeout());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException(e.getCause());
        }
    }

    /** Who reads is not waited for longer than it takes to stop. */
    @Override
    public void close() {
        gpuThread.shutdownNow();
        usageThread.shutdownNow();
        gpuThread.close();
        usageThread.close();
    }

    static Bson bucket(Instant start) {
        return eq(StoreLayout.BUCKET, Date.from(start));
    }
}
