package gpuanalytics.processor.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.rollup.CountedBatch;
import gpuanalytics.processor.write.Written;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two processors read the history of some GPUs, now this one and now that. Either is killed in the
 * middle of whatever it does, or loses the partition and rolls up late what it has in its hands;
 * whoever comes next reads on from what is committed.
 */
class MeterHistoryIT {

    /** How often reading ends at least. */
    private static final int ENDS = 6;

    private final MeteredStore store = new MeteredStore();
    private final Set<Long> refused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger writesLeft = new AtomicInteger();

    @AfterEach
    void close() {
        store.close();
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** A processor that lives, with what it has stored and not rolled up. */
    private static final class Reader {
        private final Metering metering;
        private final List<CountedBatch> gathered = new ArrayList<>();

        Reader(Metering metering) {
            this.metering = metering;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 1000})
    void countsWhatOneReaderWouldWhoeverIsKilledWheneverThatIs(int kept) throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("fuzz.seed=" + seed);
        var random = new Random(seed);
        var history = new MeterHistory(random);
        var readers = List.of(new ArrayList<Reader>(), new ArrayList<Reader>());
        int done = 0;
        int ends = 0;
        while (done < history.log().size() || ends < ENDS) {
            if (done == history.log().size()) { // at first, and where hardly any reader ended
                history.extend(600);
            }
            var lives = readers.get(random.nextInt(2));
            if (lives.isEmpty()) {
                lives.add(new Reader(store.metering(kept)));
            }
            done = readFrom(done, history, random, lives);
            ends++;
            for (var other : readers) {
                if (!other.isEmpty() && random.nextBoolean()) {
                    rollUp(other.getFirst());
                }
            }
        }

        var told = "fuzz.seed=" + seed;
        assertEquals(history.refused(), new HashSet<>(refused), told);
        assertEquals(history.sums(), store.sums("gpu_minute"), told);
        assertEquals(history.sums(), store.sums("gpu_hour"), told);
        store.assertNoDrift();
    }

    /** Reads on until it is killed or has lost the partition; returns what is committed. */
    private int readFrom(int from, MeterHistory history, Random random, List<Reader> lives)
            throws Exception {
        var reader = lives.getFirst();
        rollUp(reader); // in the order of its batches
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        int done = from;
        writesLeft.set(1 + random.nextInt(40));
        var threads = Executors.newFixedThreadPool(2);
        try {
            for (int at = from; at < history.log().size(); ) {
                int to = at;
                var batches = new ArrayList<List<Row>>();
                for (int i = 0; i < 2; i++) {
                    var rows = new ArrayList<Row>();
                    for (int end = to + random.nextInt(12); to < end; to++) {
                        if (to < history.log().size()) {
                            rows.add(partition.at(to, history.log().get(to)));
                        }
                    }
                    batches.add(rows);
                }
                at = Math.min(to, history.log().size());
                reader.gathered.addAll(store(reader, batches, threads, random.nextLong()));
                switch (random.nextInt(12)) {
                    case 0 -> {
                        return done; // the partition is gone, it does not know yet
                    }
                    case 1 -> {
                        rollUp(reader); // and is killed before it commits
                        lives.clear();
                        return done;
                    }
                    case 2, 3, 4, 5 -> {
                        rollUp(reader);
                        done = at;
                    }
                    default -> {}
                }
            }
            rollUp(reader);
            return history.log().size();
        } catch (Killed ignored) {
            lives.clear();
            return done;
        } finally {
            threads.shutdownNow();
            assertTrue(threads.awaitTermination(1, TimeUnit.MINUTES));
        }
    }

    /** Has batches stored that are under way at the same time. */
    private List<CountedBatch> store(
            Reader reader, List<List<Row>> batches, ExecutorService threads, long seed)
            throws InterruptedException {
        var underWay = new ArrayList<Future<CountedBatch>>();
        for (var rows : batches) {
            var turn = reader.metering.turn();
            underWay.add(
                    threads.submit(
                            () ->
                                    turn.store(
                                            MeteredStore.batch(rows),
                                            round -> write(round.rows(), new Random(seed)))));
        }
        var counted = new ArrayList<CountedBatch>();
        for (var batch : underWay) {
            try {
                counted.add(batch.get());
            } catch (ExecutionException e) {
                threads.shutdownNow();
                assertTrue(e.getCause() instanceof Killed, String.valueOf(e.getCause()));
                throw new Killed();
            }
        }
        return counted;
    }

    private Written write(List<Row> rows, Random random) throws InterruptedException {
        if (writesLeft.getAndDecrement() <= 0) {
            // Of one identity what comes first is stored first.
            var missing = new HashSet<String>();
            var some = new ArrayList<>(rows);
            some.removeIf(
                    row ->
                            missing.contains(row.id())
                                    || (random.nextBoolean() && missing.add(row.id())));
            store.write(some);
            throw new Killed();
        }
        var written = store.write(rows);
        written.refused().forEach(row -> refused.add(row.record().offset()));
        return written;
    }

    private void rollUp(Reader reader) throws InterruptedException {
        store.rollUp(reader.gathered);
        reader.gathered.forEach(_ -> reader.metering.batchDone());
        reader.gathered.clear();
    }
}
