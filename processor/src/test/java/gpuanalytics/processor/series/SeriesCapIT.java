package gpuanalytics.processor.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SeriesCapIT {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(embedded.url()));
    private final TestRows usages = new TestRows(EventTopic.TOKEN_USAGE, "topic-t", 0);
    private final TestRows samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);

    @AfterEach
    void close() {
        store.close();
        embedded.close();
    }

    /** An exporter that puts a pod's name into host makes new GPUs without end. */
    @Test
    void countsGpusBeyondTheLimitUnderOther() throws Exception {
        var cap = cap(100, 3);

        var first = marks(cap, hosts("a", "b", "c", "d", "a"));
        var second = marks(cap, hosts("d", "e", "c"));

        assertEquals(List.of("a/0", "b/0", "c/0", "other", "a/0"), first);
        assertEquals(List.of("other", "other", "c/0"), second);
    }

    @Test
    void givesEachHourItsOwnPlaces() throws Exception {
        var cap = cap(100, 1);
        var rows = new ArrayList<Row>();
        for (int hour = 0; hour < 3; hour++) {
            rows.add(samples.next(sample("host-" + hour, NOON.plusSeconds(3600L * hour))));
        }

        assertEquals(List.of("host-0/0", "host-1/0", "host-2/0"), marks(cap, rows));
    }

    /** Whoever charges tokens to GPUs needs to know on which GPU surplus ones ran. */
    @Test
    void keepsTheGpuOfSurplusUsages() throws Exception {
        var cap = cap(2, 100);
        var rows =
                List.of(
                        usage("u1", "a"),
                        usage("u2", "a"),
                        usage("u3", "a"),
                        usage("u4", "b"),
                        usage("u5", null),
                        usage("u1", "a"));

        assertEquals(
                List.of(
                        "m||u1||a/0",
                        "m||u2||a/0",
                        "other|a/0",
                        "other|b/0",
                        "other",
                        "m||u1||a/0"),
                marks(cap, rows));
    }

    @Test
    void boundsTheGpusOfSurplusUsagesToo() throws Exception {
        var cap = cap(1, 2);
        var rows =
                List.of(
                        usage("u1", "a"),
                        usage("u2", "a"),
                        usage("u2", "b"),
                        usage("u2", "c"),
                        usage("u3", "b"));

        assertEquals(
                List.of("m||u1||a/0", "other|a/0", "other|b/0", "other", "other|b/0"),
                marks(cap, rows));
    }

    /** A restart forgets what was let in, and another processor lets in more. */
    @Test
    void knowsTheSeriesThatTheStoreHas() throws Exception {
        for (var series : List.of("a/0", "b/0", "other")) {
            store.database()
                    .getCollection(StoreLayout.GPU_HOUR)
                    .insertOne(
                            new Document("_id", NOON.getEpochSecond() + "|" + series)
                                    .append("bucket", java.util.Date.from(NOON)));
        }

        assertEquals(List.of("other", "a/0", "b/0"), marks(cap(100, 2), hosts("new", "a", "b")));
    }

    @Test
    void leavesABatchWithoutSurplusAsItIs() throws Exception {
        var batch = new Batch(hosts("a", "b"), List.of(), Map.of(), 0);

        assertSame(batch, cap(100, 2).mark(batch));
    }

    private SeriesCap cap(int tokens, int gpus) {
        var health = new PartHealth("store", "starting", Clock.systemUTC());
        return new SeriesCap(
                new SeriesLimits(tokens, gpus),
                store,
                new StoreRetry(health, metrics),
                metrics,
                Clock.systemUTC());
    }

    /** The series that the rows count under, by their documents. */
    private static List<String> marks(SeriesCap cap, List<Row> rows) throws Exception {
        return cap.mark(new Batch(rows, List.of(), Map.of(), 0)).rows().stream()
                .map(
                        row -> {
                            var stored = StoredEvent.of(row.values().topic(), row.document());
                            assertEquals(stored, new StoredEvent(row.values(), row.overflow()));
                            assertEquals(
                                    row.overflow() != Overflow.NONE,
                                    row.document().containsKey(StoreLayout.OVERFLOW));
                            return stored.series();
                        })
                .toList();
    }

    private List<Row> hosts(String... hosts) {
        var rows = new ArrayList<Row>();
        for (var host : hosts) {
            rows.add(samples.next(sample(host, NOON)));
        }
        return rows;
    }

    private static Event sample(String host, Instant time) {
        return GpuMetric.builder()
                .set(GpuMetric.TS, time)
                .set(GpuMetric.HOST, host)
                .set(GpuMetric.GPU_INDEX, 0L)
                .set(GpuMetric.NAME, "H100")
                .build();
    }

    private Row usage(String user, @org.jspecify.annotations.Nullable String host) {
        var usage =
                TokenUsage.builder()
                        .set(TokenUsage.TS, NOON)
                        .set(TokenUsage.MODEL, "m")
                        .set(TokenUsage.USER, user)
                        .set(TokenUsage.PROMPT_TOKENS, 1L);
        if (host != null) {
            usage.set(TokenUsage.HOST, host).set(TokenUsage.GPU_INDEX, 0L);
        }
        return usages.next(usage.build());
    }
}
