package gpuanalytics.processor.meter;

import static gpuanalytics.processor.meter.MeteredStore.START;
import static gpuanalytics.processor.meter.MeteredStore.batch;
import static gpuanalytics.processor.meter.MeteredStore.decide;
import static gpuanalytics.processor.meter.MeteredStore.sample;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counters add is added once, whatever is read again and whoever decides it. */
class MeteringIT {

    private static final int GPUS = 5;

    /** How many read a history at least, one after the other. */
    private static final int READERS = 6;

    private final MeteredStore store = new MeteredStore();
    private final MongoRollups rollups = store.rollups();

    @AfterEach
    void close() {
        store.close();
    }

    /**
     * Histories of some GPUs, cut into batches at random; at random some batches are stored and not
     * rolled up, or in part, and whoever comes next reads them again, cut otherwise.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 1000})
    void addsWhatTheCountersSayWhateverIsReadAgain(int kept) throws Exception {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("fuzz.seed=" + seed);
        var random = new Random(seed);
        var log = new ArrayList<Event>();
        var model = new Model();
        int done = 0;
        int readers = 0;
        while (done < log.size() || readers < READERS) {
            if (done == log.size()) { // at first, and where hardly any reader was killed
                for (int i = 0; i < 400; i++) {
                    log.add(model.next(random));
                }
            }
            done = readFrom(done, log, random, metering(kept));
            readers++;
        }

        assertEquals(model.sums, sums(StoreLayout.GPU_MINUTE), "fuzz.seed=" + seed);
        assertEquals(model.sums, sums(StoreLayout.GPU_HOUR), "fuzz.seed=" + seed);
        assertNoDrift();
    }

    /** Reads on until it ends; returns from where the next one reads. */
    private int readFrom(int from, List<Event> log, Random random, Metering metering)
            throws InterruptedException {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var gathered = new ArrayList<CountedRow>();
        int done = from;
        int batches = 0;
        for (int at = from; at < log.size(); ) {
            int to = Math.min(log.size(), at + 1 + random.nextInt(12));
            var rows = new ArrayList<Row>();
            for (int i = at; i < to; i++) {
                rows.add(partition.at(i, log.get(i)));
            }
            var decided = decide(metering.turn(), batch(rows)).rows();
            if (random.nextInt(8) == 0) { // killed while it is written: some of it is there
                var some = new ArrayList<>(decided);
                some.removeIf(_ -> random.nextBoolean());
                store.write(some);
                return done;
            }
            gathered.addAll(written(decided));
            batches++;
            at = to;
            if (random.nextInt(3) == 0) {
                rollups.apply(gathered);
                gathered.clear();
                if (random.nextInt(8) == 0) {
                    return done; // killed before it is committed
                }
                done = at;
                for (; batches > 0; batches--) {
                    metering.batchDone();
                }
            }
        }
        rollups.apply(gathered);
        return log.size();
    }

    private List<CountedRow> written(List<Row> rows) throws InterruptedException {
        var written = store.write(rows);
        assertEquals(List.of(), written.refused());
        return written.counted();
    }

    /** A GPU that reads its counters while a batch before is being decided waits for its turn. */
    @Test
    void batchesAreDecidedInTheirOrderWhoeverIsFirst() throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var metering = metering(100);
        var first = metering.turn();
        var second = metering.turn();
        var rows =
                List.of(
                        partition.next(sample(2, 0).set(GpuMetric.ENERGY_J_TOTAL, 70.0).build()),
                        partition.next(sample(2, 9).set(GpuMetric.ENERGY_J_TOTAL, 95.5).build()));
        try (var threads = Executors.newFixedThreadPool(2)) {
            var later = threads.submit(() -> decide(second, batch(rows.subList(1, 2))));
            var earlier = threads.submit(() -> decide(first, batch(rows.subList(0, 1))));

            assertEquals(List.of(), decisions(earlier.get()));
            assertEquals(List.of(25_500_000L), decisions(later.get()));
        }
    }

    /** A producer's retry may come in the next batch, and be stored before what it repeats. */
    @Test
    void whicheverOfTwoEqualSamplesIsStoredFirstCounts() throws Exception {
        var metering = metering(1000);
        var rows = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        rollups.apply(written(decide(metering, rows.next(counting(0)))));

        var first = decide(metering, rows.next(counting(30)));
        var again = decide(metering, rows.next(counting(30)));
        var counted = new ArrayList<>(written(again));
        counted.addAll(written(first));
        rollups.apply(counted);

        assertEquals(decisions(batch(first)), decisions(batch(again)));
        assertEquals(90_000_000L, sums(StoreLayout.GPU_HOUR).get("energy_uj"));
        assertNoDrift();
    }

    /** A batch has one partition after the other, and a sender without keys spreads a GPU. */
    @Test
    void samplesOfOneGpuInSeveralPartitionsAreComparedByTheirTimes() throws Exception {
        var odd = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var even = new TestRows(EventTopic.GPU_METRICS, "topic-a", 1);
        var rows = new ArrayList<Row>();
        for (int second : new int[] {11, 31, 51}) {
            rows.add(odd.next(counting(second)));
        }
        for (int second : new int[] {1, 21, 41}) {
            rows.add(even.next(counting(second)));
        }

        var decided = decide(metering(100).turn(), batch(rows));

        assertEquals(50 * 3_000_000L, decisions(decided).stream().mapToLong(i -> i).sum());
        assertEquals(5, decisions(decided).size());
    }

    /** Of the same partition, a sample that comes late adds nothing, in whatever batch it is. */
    @Test
    void aLateSampleOfAPartitionIsLateInItsBatchToo() throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var rows = new ArrayList<Row>();
        for (int second : new int[] {0, 20, 10, 30}) {
            rows.add(partition.next(counting(second)));
        }

        assertEquals(
                List.of(60_000_000L, 30_000_000L),
                decisions(decide(metering(100).turn(), batch(rows))));
    }

    /** Another processor has read on in between, so what was read before says nothing any more. */
    @Test
    void aPartitionThatComesBackIsReadOnFromTheStore() throws Exception {
        var metering = metering(100);
        var before = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        rollups.apply(written(decide(metering, before.at(0, counting(0)))));
        var elsewhere = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        rollups.apply(written(decide(metering(100), elsewhere.at(1, counting(10)))));
        var again = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);

        rollups.apply(written(decide(metering, again.at(2, counting(20)))));

        assertEquals(Map.of("samples", 3L, "energy_uj", 60_000_000L), sums("gpu_hour"));
    }

    /** What is under way is not in the store, so it is not let go. */
    @Test
    void keepsTheMetersOfWhatIsUnderWayAndNoMoreThanItMay() throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var metering = metering(3);
        var written = new ArrayList<CountedRow>();
        for (int gpu = 0; gpu < 8; gpu++) {
            var event = sample(gpu, 0).set(GpuMetric.ENERGY_J_TOTAL, 500.0).build();
            written.addAll(written(decide(metering, partition.next(event))));
        }
        assertEquals(8, metering.kept());
        rollups.apply(written);
        for (int batch = 0; batch < 8; batch++) {
            metering.batchDone();
        }

        var next = sample(0, 5).set(GpuMetric.ENERGY_J_TOTAL, 508.0).build();
        var after = decide(metering, partition.next(next));

        assertEquals(3, metering.kept());
        assertEquals(8_000_000L, after.getFirst().values().counts().energyUj());
    }

    /** What is not known is asked for until there is an answer; nothing is guessed in between. */
    @Test
    void waitsForAStoreThatIsAway() throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        rollups.apply(written(decide(metering(100), partition.next(counting(0)))));
        store.faults()
                .times(4, command -> command.name().equals("find"), new Fault.Refused(91, "away"));

        var after = decide(metering(100), partition.next(counting(4)));

        assertEquals(12_000_000L, after.getFirst().values().counts().energyUj());
    }

    /** One reading per record: the sample of a moment comes in several, in whatever order. */
    @Test
    void readingsOfOneMomentCountOnceInWhateverRecordTheyCome() throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var metering = metering(100);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 6; i++) {
            long second = 10L * i;
            var energy = sample(2, second).set(GpuMetric.ENERGY_J_TOTAL, 800.0 + 40 * i);
            var load = sample(2, second).set(GpuMetric.UTILIZATION, 0.5).set(GpuMetric.POD, "a");
            var xid = sample(2, second).set(GpuMetric.XID, i < 3 ? 0L : 94L);
            for (var record :
                    i % 2 == 0 ? List.of(energy, load, xid) : List.of(xid, load, energy)) {
                rows.add(partition.next(record.build()));
                // and another pod of a shared GPU says the same
                rows.add(partition.next(record.set(GpuMetric.POD, "b").build()));
            }
        }
        for (var row : rows) {
            rollups.apply(written(decide(metering, row)));
        }

        assertEquals(
                Map.of("samples", 6L, "energy_uj", 200_000_000L, "xid_errors", 1L),
                sums(StoreLayout.GPU_HOUR));
        assertNoDrift();
    }

    /** Power that comes in a record after the counter's counts nothing that is counted already. */
    @Test
    void powerAndCounterOfOneMomentAreNotBothCounted() throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var metering = metering(100);
        for (int i = 0; i < 4; i++) {
            long second = 10L * i;
            var counter = sample(2, second).set(GpuMetric.ENERGY_J_TOTAL, 600.0 * i);
            var power = sample(2, second).set(GpuMetric.POWER_W, 60.0);
            counter.set(GpuMetric.INTERVAL_S, 10.0);
            power.set(GpuMetric.INTERVAL_S, 10.0);
            // the first moment has nothing to be compared with, so its power counts
            for (var record : i < 2 ? List.of(power, counter) : List.of(counter, power)) {
                rollups.apply(written(decide(metering, partition.next(record.build()))));
            }
        }

        assertEquals(
                Map.of("samples", 4L, "energy_uj", 2_400_000_000L), sums(StoreLayout.GPU_HOUR));
        assertNoDrift();
    }

    /** The code of an error and the counter of errors come in records of their own. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void errorsOfOneMomentCountByTheCounterWhicheverReadingComesFirst(boolean codeFirst)
            throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var metering = metering(100);
        for (int i = 0; i < 4; i++) {
            var code = sample(2, 10L * i).set(GpuMetric.XID, i == 0 ? 0L : 79L);
            var total = sample(2, 10L * i).set(GpuMetric.XID_ERRORS_TOTAL, 4L + 3L * i);
            for (var record : codeFirst ? List.of(code, total) : List.of(total, code)) {
                rollups.apply(store.metered(metering, partition.next(record.build())));
            }
        }

        assertEquals(Map.of("samples", 4L, "xid_errors", 9L), sums(StoreLayout.GPU_HOUR));
        assertNoDrift();
    }

    /** The time of a sample is that of its first word, for a part of a board too. */
    @ParameterizedTest
    @ValueSource(strings = {"1g.10gb", "7g.80gb"})
    void powerInASecondWordIsDrawnOverTheTimeOfTheFirst(String profile) throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var load = sample(2, 0).set(GpuMetric.UTILIZATION, 0.5).set(GpuMetric.INTERVAL_S, 10.0);
        var power = sample(2, 0).set(GpuMetric.POWER_W, 350.0);
        var metering = metering(100);
        for (var record : List.of(load, power)) {
            record.set(GpuMetric.MIG_ID, "1").set(GpuMetric.MIG_PROFILE, profile);
            rollups.apply(store.metered(metering, partition.next(record.build())));
        }

        var slices = Character.digit(profile.charAt(0), 10);
        assertEquals(
                Map.of("samples", 1L, "energy_uj", slices * 500_000_000L),
                sums(StoreLayout.GPU_HOUR));
        assertNoDrift();
    }

    /** Samples of whole boards with power and without errors go through as they are. */
    @Test
    void changesNothingOfSamplesThatSayItAllThemselves() throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var rows = new ArrayList<Row>();
        for (int second = 0; second < 10; second++) {
            rows.add(
                    partition.next(
                            sample(1, second)
                                    .set(GpuMetric.POWER_W, 300.0)
                                    .set(GpuMetric.ENERGY_J_TOTAL, 300.0 * second)
                                    .set(GpuMetric.XID, 0L)
                                    .build()));
        }
        var batch = batch(rows);

        assertSame(batch, decide(metering(100).turn(), batch));
    }

    @Test
    void aMigInstanceHasItsShareOfTheBoardOrNone() throws Exception {
        var partition = new TestRows(EventTopic.GPU_METRICS, "topic-a", 0);
        var rows = new ArrayList<Row>();
        for (int slice = 0; slice < 7; slice++) {
            rows.add(
                    partition.next(
                            sample(1, 0)
                                    .set(GpuMetric.MIG_ID, String.valueOf(slice))
                                    .set(GpuMetric.MIG_PROFILE, slice == 6 ? null : "1g.10gb")
                                    .set(GpuMetric.POWER_W, 350.0)
                                    .set(GpuMetric.INTERVAL_S, 60.0)
                                    .build()));
        }
        rollups.apply(written(decide(metering(100), rows.toArray(Row[]::new))));

        // six of seven slices of 21,000 J; the seventh does not say how large it is
        assertEquals(
                Map.of("samples", 7L, "energy_uj", 18_000_000_000L, "energy_unknown", 1L),
                sums(StoreLayout.GPU_HOUR));
        assertNoDrift();
    }

    private static List<Long> decisions(Batch batch) {
        return batch.rows().stream()
                .map(row -> row.values().counts().energyUj())
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    /** A counter that rises by three joules a second. */
    private static Event counting(long second) {
        return sample(3, second).set(GpuMetric.ENERGY_J_TOTAL, 9_000.0 + 3 * second).build();
    }

    private Metering metering(int kept) {
        return store.metering(kept);
    }

    private Map<String, Long> sums(String collection) {
        return store.sums(collection);
    }

    private void assertNoDrift() {
        store.assertNoDrift();
    }

    /** Some GPUs, each of its own way to report, and what their samples add up to. */
    private static final class Model {

        private final Map<String, Long> sums = new TreeMap<>();
        private final double[] counter = new double[GPUS];
        private final double[] lastEnergy = new double[GPUS];
        private final long[] newest = new long[GPUS];
        private final long[] xid = new long[GPUS];
        private final long[] lastXid = new long[GPUS];
        private final long[] errors = new long[GPUS];
        private long made;

        Event next(Random random) {
            int gpu = random.nextInt(GPUS);
            made++;
            sums.merge("samples", 1L, Long::sum);
            var late = newest[gpu] > 30 && random.nextInt(8) == 0;
            long second = late ? newest[gpu] - 1 - random.nextInt(20) : newest[gpu] + 1;
            // a late sample of a second that has one is another sample by its nanoseconds
            var ts = START.plusSeconds(second).plusNanos(late ? made : 0);
            var drawn = random.nextInt(1, 700) / 4.0;
            var fell = random.nextInt(15) == 0;
            counter[gpu] = fell ? drawn : counter[gpu] + drawn;
            var event = sample(gpu, 0).set(GpuMetric.TS, ts).set(GpuMetric.INTERVAL_S, 1.0);
            event.set(GpuMetric.ENERGY_J_TOTAL, late ? 3.0 : counter[gpu]);
            if (gpu == 4) {
                event.set(GpuMetric.MIG_ID, "2").set(GpuMetric.MIG_PROFILE, "2g.35gb");
            }
            addEnergy(random, gpu, late, event);
            if (gpu > 0) {
                addXid(random, gpu, late, event);
            }
            newest[gpu] = Math.max(newest[gpu], second);
            return event.build();
        }

        private void addEnergy(Random random, int gpu, boolean late, Event.Builder event) {
            if (gpu == 1 && random.nextBoolean()) {
                event.set(GpuMetric.POWER_W, 7.25);
                sums.merge("energy_uj", 7_250_000L, Long::sum);
            } else if (!late && newest[gpu] > 0) {
                var risen =
                        counter[gpu] < lastEnergy[gpu]
                                ? counter[gpu]
                                : counter[gpu] - lastEnergy[gpu];
                var share = gpu == 4 ? 2 / 7.0 : 1;
                sums.merge("energy_uj", Math.round(risen * share * 1e6), Long::sum);
            }
            if (!late) {
                lastEnergy[gpu] = counter[gpu];
            } else {
                counter[gpu] = lastEnergy[gpu];
            }
        }

        private void addXid(Random random, int gpu, boolean late, Event.Builder event) {
            if (random.nextInt(4) == 0) {
                xid[gpu] = random.nextInt(3) * 13L;
                errors[gpu] += gpu == 3 ? random.nextInt(3) : 0;
            }
            event.set(GpuMetric.XID, xid[gpu]);
            if (gpu == 3) {
                event.set(GpuMetric.XID_ERRORS_TOTAL, errors[gpu]);
            }
            if (late) {
                return;
            }
            var first = newest[gpu] == 0;
            long added =
                    gpu == 3 && !first
                            ? errors[gpu] - lastXid[gpu]
                            : xid[gpu] != 0 && (first || xid[gpu] != lastXid[gpu]) ? 1 : 0;
            if (added > 0) {
                sums.merge("xid_errors", added, Long::sum);
            }
            lastXid[gpu] = gpu == 3 ? errors[gpu] : xid[gpu];
        }
    }
}
