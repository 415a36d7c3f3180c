package gpuanalytics.processor.gpuname;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.FindIterable;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.testing.SettableClock;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.faults.FaultyStore;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What it costs the store that hundreds of GPUs go by their names. */
class GpuNameReadsIT {

    private static final int GPUS = 400;
    private static final int BATCHES = 40;
    private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final FaultyStore faults = new FaultyStore(embedded.port());
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(faults.url()));
    private final TestRows samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
    private final SettableClock clock = new SettableClock(Instant.parse("2026-09-01T00:00:00Z"));

    @AfterEach
    void close() {
        store.close();
        faults.close();
        embedded.close();
    }

    @Test
    void namesThatAreKnownAreConfirmedTogether() throws Exception {
        var naming = naming();
        learn(naming, 0);
        var before = reads();
        var writes = faults.writes().size();

        for (int minute = 1; minute <= 25; minute++) {
            clock.advance(GpuNaming.CONFIRM_INTERVAL);
            naming.confirm();
            learn(naming, minute);
        }

        assertTrue(reads() - before <= 2 * 25, reads() - before + " reads");
        assertEquals(writes, faults.writes().size());
    }

    @Test
    void aNameThatIsNewIsAllThatIsReadOfThem() throws Exception {
        learn(naming(), 0);
        clock.advance(Duration.ofMinutes(2));
        var documents = new AtomicInteger();
        var book = new GpuNameBook(countingReader(documents), clock);
        assertTrue(book.names().isKnown("GPU-" + (GPUS - 1)));
        assertTrue(documents.getAndSet(0) >= 2 * GPUS);
        clock.advance(Duration.ofMinutes(5));

        naming().learn(List.of(sample(GPUS, 300)));

        assertEquals(
                "GPU-" + GPUS, book.names().at("node-%d/0".formatted(GPUS), MAY.plusSeconds(300)));
        assertTrue(documents.get() <= 4, documents + " documents read");
    }

    @Test
    void whatOthersHaveLearntIsTakenIn() throws Exception {
        var naming = naming();
        learn(naming, 0);
        clock.advance(Duration.ofMinutes(2));
        // The card of a slot is replaced, and another processor reads of it.
        var later = MAY.plusSeconds(60);
        naming().learn(List.of(sample("GPU-new", 7, later)));
        naming.confirm();
        var before = faults.writes().size();

        naming.learn(List.of(sample("GPU-new", 7, later.plusSeconds(5))));
        naming.learn(List.of(sample("GPU-7", 7, later.plusSeconds(9))));

        // The first is known; that the old card is back is new.
        assertEquals(before + 1, faults.writes().size());
    }

    @Test
    void aNameThatIsNoLongerStoredIsLearntAgain() throws Exception {
        var naming = naming();
        learn(naming, 0);
        store.database().getCollection(StoreLayout.GPU_NAMES).deleteMany(new Document());

        for (int minute = 1; minute <= 11; minute++) {
            clock.advance(GpuNaming.CONFIRM_INTERVAL);
            naming.confirm();
        }
        learn(naming, 12);

        assertEquals(
                2L * GPUS, store.database().getCollection(StoreLayout.GPU_NAMES).countDocuments());
    }

    private int reads() {
        return faults.questions(StoreLayout.GPU_NAMES).size();
    }

    private void learn(GpuNaming naming, int minute) throws InterruptedException {
        for (int batch = 0; batch < BATCHES; batch++) {
            var rows = new ArrayList<CountedRow>();
            for (int gpu = batch; gpu < GPUS; gpu += BATCHES) {
                rows.add(sample(gpu, 60 * minute));
            }
            naming.learn(rows);
        }
    }

    private CountedRow sample(int gpu, int seconds) {
        return sample("GPU-" + gpu, gpu, MAY.plusSeconds(seconds));
    }

    private CountedRow sample(String uuid, int node, Instant time) {
        return CountedRow.of(
                samples.next(
                        GpuMetric.builder()
                                .set(GpuMetric.TS, time)
                                .set(GpuMetric.HOST, "node-" + node)
                                .set(GpuMetric.GPU_INDEX, 0L)
                                .set(GpuMetric.GPU_UUID, uuid)
                                .set(GpuMetric.NAME, "NVIDIA A100")
                                .build()));
    }

    private GpuNaming naming() {
        var retry = new StoreRetry(new PartHealth("store", "up", Clock.systemUTC()), metrics);
        return new GpuNaming(store, 2 * GPUS, Duration.ofDays(400), retry, metrics, clock);
    }

    private GpuNameBook.Reader countingReader(AtomicInteger documents) {
        return (UnaryOperator<FindIterable<Document>> search, Consumer<Document> reader) ->
                search.apply(store.database().getCollection(StoreLayout.GPU_NAMES).find())
                        .forEach(
                                document -> {
                                    documents.incrementAndGet();
                                    reader.accept(document);
                                });
    }
}
