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
import org.jspecify.annotations.Nullable;
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

    /** Six customers of two tenants: who pays is known to the last token, only the names go. */
    @Test
    void foldsOnlyTheLabelWithTooManyValues() throws Exception {
        var cap = cap(3, 100);
        var rows = new ArrayList<Row>();
        for (int i = 1; i <= 7; i++) {
            rows.add(usage("vision", i % 2 == 0 ? "red" : "blue", "c" + i, null, "h" + i % 2));
        }
        rows.add(usage("vision", "red", "c2", null, "h0"));

        assertEquals(
                List.of(
                        "vision|blue|c1||h1/0",
                        "vision|red|c2||h0/0",
                        "vision|blue|c3||h1/0",
                        "\\user|vision|red|||h0/0",
                        "\\user|vision|blue|||h1/0",
                        "\\user|vision|red|||h0/0",
                        "\\user|vision|blue|||h1/0",
                        "vision|red|c2||h0/0"),
                marks(cap, rows));
    }

    /** Whichever label it is that has too many values. */
    @Test
    void foldsTheLabelThatHasTheMostValuesInThatHour() throws Exception {
        for (var label : List.of("model", "team", "user", "project")) {
            var cap = cap(4, 100);
            var rows = new ArrayList<Row>();
            for (int i = 0; i < 9; i++) {
                rows.add(
                        usage(
                                label.equals("model") ? "many-" + i : "m" + i % 2,
                                label.equals("team") ? "many-" + i : "t" + i % 2,
                                label.equals("user") ? "many-" + i : "u" + i % 2,
                                label.equals("project") ? "many-" + i : "p" + i % 2,
                                null));
            }

            var marked = cap.mark(new Batch(rows, List.of(), Map.of(), 0)).rows();

            for (int i = 0; i < 9; i++) {
                var folded = i < 4 ? List.of() : List.of(label);
                assertEquals(folded, marked.get(i).overflow().foldedNames(), label + " " + i);
            }
        }
    }

    @Test
    void foldsTheUserFirstWhereLabelsHaveAsManyValues() throws Exception {
        var cap = cap(2, 100);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 40; i++) {
            rows.add(usage("m" + i, "t" + i, "u" + i, "p" + i, "h"));
        }

        var marked = cap.mark(new Batch(rows, List.of(), Map.of(), 0)).rows();

        assertEquals(List.of(), marked.get(1).overflow().foldedNames());
        assertEquals(List.of("user"), marked.get(2).overflow().foldedNames());
        // no room left for series of which one, two or three labels are folded
        assertSame(Overflow.OTHER_OF_GPU, marked.get(39).overflow());
    }

    /** Whoever charges tokens to GPUs needs to know on which GPU surplus ones ran. */
    @Test
    void keepsTheGpuOfSurplusUsagesAndBoundsTheirGpusToo() throws Exception {
        var cap = cap(1, 2);
        var rows = new ArrayList<Row>();
        for (int i = 0; i <= 20; i++) {
            rows.add(usage("m", "t", "u" + i, null, "h" + i));
        }
        rows.add(usage("m", "t", "new", null, "h17"));
        rows.add(usage("m", "t", "new", null, "h19"));
        rows.add(usage("m", "t", "new", null, "h3"));

        var series = marks(cap, rows);

        assertEquals("m|t|u0||h0/0", series.get(0));
        assertEquals("\\user|m|t|||h1/0", series.get(1));
        assertEquals("\\user|m|t|||h16/0", series.get(16));
        assertEquals(
                List.of(
                        "other|h17/0",
                        "other|h18/0",
                        "other",
                        "other",
                        "other|h17/0",
                        "other",
                        "\\user|m|t|||h3/0"),
                series.subList(17, series.size()));
    }

    @Test
    void keepsARealValueOtherApart() throws Exception {
        var cap = cap(2, 100);
        var rows =
                List.of(
                        usage("m", "t", "other", null, null),
                        usage("other", "t", "a", null, null),
                        usage("m", "t", "b", null, null),
                        usage("other", "t", "c", null, null),
                        usage("other", "t", "other", null, null));

        assertEquals(
                List.of(
                        "m|t|other||",
                        "other|t|a||",
                        "\\user|m|t|||",
                        "\\user|other|t|||",
                        "\\user|other|t|||"),
                marks(cap, rows));
    }

    /** A restart forgets what was let in and how many values there were. */
    @Test
    void knowsTheFoldedSeriesAndTheValuesThatTheStoreHas() throws Exception {
        var hour = store.database().getCollection(StoreLayout.TOKEN_HOUR);
        for (int i = 0; i < 20; i++) {
            hour.insertOne(
                    new Document("_id", NOON.getEpochSecond() + "|m|t" + i + "|u||")
                            .append("bucket", java.util.Date.from(NOON))
                            .append("model", "m")
                            .append("team", "t" + i)
                            .append("user", "u"));
        }
        for (int i = 0; i < 16; i++) {
            hour.insertOne(
                    new Document("_id", NOON.getEpochSecond() + "|\\team|m||u" + i + "||")
                            .append("bucket", java.util.Date.from(NOON))
                            .append("model", "m")
                            .append("user", "u" + i)
                            .append("folded", List.of("team")));
        }
        var rows =
                List.of(
                        usage("m", "new", "u3", null, null),
                        usage("m", "new", "new", null, null),
                        usage("m", "t7", "u", null, null));

        // 20 teams and 17 users: the team goes first, and no further folded series has room
        assertEquals(List.of("\\team|m||u3||", "other", "m|t7|u||"), marks(cap(20, 100), rows));
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

    private Row usage(
            String model,
            String team,
            String user,
            @Nullable String project,
            @Nullable String host) {
        var usage =
                TokenUsage.builder()
                        .set(TokenUsage.TS, NOON)
                        .set(TokenUsage.MODEL, model)
                        .set(TokenUsage.TEAM, team)
                        .set(TokenUsage.USER, user)
                        .set(TokenUsage.PROMPT_TOKENS, 1L);
        if (project != null) {
            usage.set(TokenUsage.PROJECT, project);
        }
        if (host != null) {
            usage.set(TokenUsage.HOST, host).set(TokenUsage.GPU_INDEX, 0L);
        }
        return usages.next(usage.build());
    }
}
