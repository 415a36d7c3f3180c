package gpuanalytics.processor.gpuname;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.testing.SettableClock;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GpuNamingIT {

    private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");
    private static final Duration KEPT = Duration.ofDays(400);

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(embedded.url()));
    private final TestRows samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
    private final SettableClock clock = new SettableClock(Instant.parse("2026-09-01T00:00:00Z"));
    private final GpuNaming naming = naming(1000);

    @AfterEach
    void close() {
        store.close();
        embedded.close();
    }

    @Test
    void learnsFromASampleThatHasBothNames() throws Exception {
        var rows = List.of(sample("GPU-1", "n1", 4L, null, MAY));

        assertSame(rows, naming.learn(rows), "the step hands on what it was given");

        assertEquals("GPU-1", names().at("n1/4", MAY));
        assertTrue(names().isKnown("GPU-1"));
        assertEquals(2, stored().size());
    }

    @Test
    void keepsGpusOfTwoHostsWithTheSameNumberApart() throws Exception {
        naming.learn(
                List.of(
                        sample("GPU-1", "n1", 0L, null, MAY),
                        sample("GPU-2", "n2", 0L, null, MAY),
                        sample(null, "n3", 0L, null, MAY)));

        assertEquals("GPU-1", names().at("n1/0", MAY));
        assertEquals("GPU-2", names().at("n2/0", MAY));
        assertEquals("n3/0", names().at("n3/0", MAY));
        assertTrue(names().isKnown("n3/0"));
        assertFalse(names().isKnown("n4/0"));
    }

    @Test
    void learnsTheUuidOfAGpuThatHadNoneAtFirst() throws Exception {
        naming.learn(List.of(sample(null, "n1", 0L, null, MAY)));
        naming.learn(List.of(sample("GPU-1", "n1", 0L, null, MAY.plusSeconds(60))));

        assertEquals("GPU-1", names().at("n1/0", MAY));
    }

    @Test
    void writesOnlyWhatIsNew() throws Exception {
        var rows = new ArrayList<CountedRow>();
        for (int i = 0; i < 50; i++) {
            rows.add(sample("GPU-1", "n1", 0L, i % 2 == 0 ? null : "1", MAY.plusSeconds(i)));
        }
        naming.learn(rows);
        var once = stored();

        clock.advance(Duration.ofMinutes(5));
        naming.learn(rows);
        naming(1000).learn(rows); // after a crash, or by another processor
        naming.learn(List.of(sample("GPU-1", "n1", 0L, null, MAY.plusSeconds(86_400))));

        assertEquals(once, stored());
        assertEquals(2, once.size());
    }

    @Test
    void datesACardThatIsReplaced() throws Exception {
        var june = MAY.plus(Duration.ofDays(31));
        naming.learn(
                List.of(
                        // in one batch, and not in order
                        sample("GPU-2", "n1", 0L, null, june.plusSeconds(30)),
                        sample("GPU-1", "n1", 0L, null, MAY),
                        sample("GPU-2", "n1", 0L, null, june),
                        sample("GPU-1", "n1", 0L, null, june.minusSeconds(600))));

        assertEquals("GPU-1", names().at("n1/0", june.minusSeconds(1)));
        assertEquals("GPU-2", names().at("n1/0", june));
        assertEquals(4, stored().size());
    }

    /** The new card's partition may be read first. */
    @Test
    void datesAReplacedCardThatIsHeardOfLater() throws Exception {
        var june = MAY.plus(Duration.ofDays(31));
        naming.learn(List.of(sample("GPU-2", "n1", 0L, null, june)));
        naming(1000).learn(List.of(sample("GPU-1", "n1", 0L, null, MAY)));
        naming.learn(List.of(sample("GPU-2", "n1", 0L, null, june.plusSeconds(5))));

        assertEquals("GPU-1", names().at("n1/0", MAY));
        assertEquals("GPU-2", names().at("n1/0", june));
    }

    @Test
    void learnsMigInstances() throws Exception {
        naming.learn(
                List.of(
                        sample("GPU-1", "n1", 2L, "7", MAY),
                        sample("GPU-1", "n1", 2L, "MIG-aa", MAY),
                        sample("MIG-bb", "n1", 2L, null, MAY)));

        for (var name : List.of("n1/2", "MIG-aa", "MIG-bb")) {
            assertEquals("GPU-1", names().at(name, MAY), name);
        }
    }

    /** A GPU that is there for years keeps its name, and one that is gone lets go of it. */
    @Test
    void renewsTheNamesOfGpusThatReport() throws Exception {
        naming.learn(
                List.of(
                        sample("GPU-1", "n1", 0L, null, MAY),
                        sample("GPU-2", "n2", 0L, null, MAY)));
        clock.advance(Duration.ofDays(2));

        naming.learn(List.of(sample("GPU-1", "n1", 0L, null, MAY.plusSeconds(60))));

        for (var name : stored().values()) {
            var isRenewed = !name.getDate("stored_at").toInstant().isBefore(clock.instant());
            assertEquals(name.getString("gpu").equals("GPU-1"), isRenewed, name.toJson());
        }
        assertEquals(4, stored().size());
    }

    @Test
    void boundsHowManyNamesAreKept() throws Exception {
        var few = naming(5);
        for (int i = 0; i < 40; i++) {
            few.learn(List.of(sample("GPU-" + i, "pod-" + i, 0L, null, MAY.plusSeconds(i))));
        }

        assertEquals(20, stored().size());
        assertEquals("GPU-39", names().at("pod-39/0", MAY));
    }

    /** Two machines with one name: what one says, the other takes back, many times a minute. */
    @Test
    void stopsToLearnANameThatChangesAllTheTime() throws Exception {
        for (int i = 0; i < 500; i++) {
            naming.learn(
                    List.of(sample("GPU-" + i % 2, "localhost", 0L, null, MAY.plusSeconds(i))));
        }

        assertTrue(stored().size() < 25, () -> stored().toString());
        assertEquals("localhost/0", names().at("localhost/0", MAY.plusSeconds(999)));
    }

    @Test
    void doesNotLearnFromSurplusGpus() throws Exception {
        var row = sample("GPU-1", "n1", 0L, null, MAY);

        naming.learn(
                List.of(
                        new CountedRow(
                                row.source(),
                                row.offset(),
                                row.values(),
                                Overflow.OTHER,
                                row.document())));

        assertEquals(Map.of(), stored());
    }

    private GpuNaming naming(int maxGpus) {
        var health = new PartHealth("store", "starting", Clock.systemUTC());
        var retry = new StoreRetry(health, metrics);
        return new GpuNaming(store, maxGpus, KEPT, retry, metrics, clock);
    }

    private GpuNames names() {
        return GpuNames.of(stored().values().stream().map(GpuLink::read).toList());
    }

    private Map<String, Document> stored() {
        var stored = new TreeMap<String, Document>();
        for (var name : store.database().getCollection(StoreLayout.GPU_NAMES).find()) {
            stored.put(name.getString("_id"), name);
        }
        return stored;
    }

    private CountedRow sample(
            @Nullable String uuid,
            String host,
            @Nullable Long index,
            @Nullable String mig,
            Instant time) {
        var sample =
                GpuMetric.builder()
                        .set(GpuMetric.TS, time)
                        .set(GpuMetric.HOST, host)
                        .set(GpuMetric.NAME, "NVIDIA A100");
        if (uuid != null) {
            sample.set(GpuMetric.GPU_UUID, uuid);
        }
        if (index != null) {
            sample.set(GpuMetric.GPU_INDEX, index);
        }
        if (mig != null) {
            sample.set(GpuMetric.MIG_ID, mig);
        }
        var row = samples.next(sample.build());
        return CountedRow.of(row);
    }
}
