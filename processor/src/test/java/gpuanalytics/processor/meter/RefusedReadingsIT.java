package gpuanalytics.processor.meter;

import static gpuanalytics.processor.meter.MeteredStore.batch;
import static gpuanalytics.processor.meter.MeteredStore.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.rollup.CountedBatch;
import gpuanalytics.processor.write.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused as a conflict is nothing that a later sample is compared with. */
class RefusedReadingsIT {

    private final MeteredStore store = new MeteredStore();
    private final TestRows records = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
    private final ConcurrentLinkedQueue<Long> refused = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        store.close();
    }

    /** Each of the first bits is a cut between two records: the batches are under way at once. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void aContradictionOfAMomentLeavesNoTraceHoweverItIsBatched(int cuts) throws Exception {
        var events =
                List.of(
                        reading(0, 0.25, 1_000, 0),
                        sample(1, 10).set(GpuMetric.UTILIZATION, 0.25).build(),
                        reading(10, 0.26, 9_000, 79),
                        reading(20, 0.25, 1_600, 79));

        run(store.metering(100), rows(events), cuts);

        assertSums(Map.of("samples", 3L, "energy_uj", 600_000_000L, "xid_errors", 1L), 2L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void aBrokenPromiseLeavesNoTraceHoweverItIsBatched(int cuts) throws Exception {
        run(store.metering(100), rows(brokenPromise()), cuts);

        assertSums(Map.of("samples", 3L, "energy_uj", 600_000_000L, "xid_errors", 1L), 2L);
    }

    /** Nor in what the next processor goes on by. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void leavesNoTraceAfterARestart(int at) throws Exception {
        var rows = rows(brokenPromise());
        run(store.metering(100), rows.subList(0, at), 7);

        run(store.metering(100), rows.subList(at, rows.size()), 0);

        assertSums(Map.of("samples", 3L, "energy_uj", 600_000_000L, "xid_errors", 1L), 2L);
    }

    /** What comes in order is sure enough: nobody asks the store about it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void asksTheStoreOnceForAGpuThatContradictsNothing(boolean promised) throws Exception {
        var questions = new AtomicInteger();
        store.faults()
                .rule(
                        command -> {
                            questions.addAndGet(command.name().equals("find") ? 1 : 0);
                            return null;
                        });
        var metering = store.metering(100);
        int asked = 0;
        for (int i = 0; i < 20; i++) {
            var event =
                    sample(1, 10L * i)
                            .set(GpuMetric.EVENT_ID, promised ? "e-" + i : null)
                            .set(GpuMetric.ENERGY_J_TOTAL, 500.0 * i)
                            .set(GpuMetric.XID, 0L)
                            .build();
            store.rollUp(List.of(store.metered(metering, records.next(event))));
            metering.batchDone();
            asked = i == 0 ? questions.get() : asked;
        }

        assertEquals(asked, questions.get());
        assertEquals(9_500_000_000L, store.sums("gpu_hour").get("energy_uj"));
    }

    private static List<Event> brokenPromise() {
        return List.of(
                promised("a", reading(0, 0.25, 1_000, 0)),
                promised("b", reading(10, 0.25, 1_100, 0)),
                promised("b", reading(15, 0.25, 9_000, 79)),
                promised("c", reading(20, 0.25, 1_600, 79)));
    }

    private static Event promised(String id, Event event) {
        return event.toBuilder().set(GpuMetric.EVENT_ID, id).build();
    }

    private static Event reading(long second, double utilization, double energyJ, long xid) {
        return sample(1, second)
                .set(GpuMetric.UTILIZATION, utilization)
                .set(GpuMetric.ENERGY_J_TOTAL, energyJ)
                .set(GpuMetric.XID, xid)
                .build();
    }

    private List<Row> rows(List<Event> events) {
        return events.stream().map(records::next).toList();
    }

    /** Has each batch stored by a thread of its own, then rolls all of them up. */
    private void run(Metering metering, List<Row> rows, int cuts) throws Exception {
        var underWay = new ArrayList<Future<CountedBatch>>();
        try (var threads = Executors.newFixedThreadPool(rows.size())) {
            for (int from = 0, to = 1; to <= rows.size(); to++) {
                if (to == rows.size() || (cuts & 1 << (to - 1)) != 0) {
                    var batch = batch(rows.subList(from, to));
                    var turn = metering.turn();
                    underWay.add(
                            threads.submit(() -> turn.store(batch, each -> write(each.rows()))));
                    from = to;
                }
            }
        }
        var counted = new ArrayList<CountedBatch>();
        for (var batch : underWay) {
            counted.add(batch.get());
        }
        store.rollUp(counted);
    }

    private Written write(List<Row> rows) throws InterruptedException {
        var written = store.write(rows);
        written.refused().forEach(row -> refused.add(row.record().offset()));
        return written;
    }

    private void assertSums(Map<String, Long> sums, long refusedOffset) {
        assertEquals(List.of(refusedOffset), List.copyOf(refused));
        assertEquals(sums, store.sums("gpu_minute"));
        assertEquals(sums, store.sums("gpu_hour"));
        store.assertNoDrift();
    }
}
