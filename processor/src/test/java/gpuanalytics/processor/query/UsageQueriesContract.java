package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.TestStores;
import gpuanalytics.embedded.testing.TestStores.TestStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventId;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.query.Reading.Distribution;
import gpuanalytics.processor.query.TokenReport.Counts;
import gpuanalytics.processor.query.TokenReport.Row;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.service.config.Secret;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Answers over rollups that the ingest steps wrote equal what one computes from the events: on
 * every store.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class UsageQueriesContract {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Duration KEPT = Duration.ofDays(400);

    /** The events of the trace are older than rollups are kept, and just stored. */
    private static final RollupRetention RETENTION =
            new RollupRetention(KEPT, Duration.ofDays(10 * 365), Duration.ofMinutes(5));

    private static final int PARTITIONS = 3;
    private static final int BATCH = 400;
    private static final int RANDOM_QUERIES = 60;
    private static final List<@Nullable Duration> STEPS = steps();

    /** Bins are an eighth of a doubling wide, and a percentile is the middle of one. */
    private static final double PERCENTILE_ERROR = 0.045;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private List<Event> usages = List.of();
    private List<Event> samples = List.of();
    private TestStore opened;
    private MongoStore store;
    private UsageQueries queries;

    abstract Lane lane();

    @BeforeAll
    void writeRollups() throws InterruptedException {
        System.out.println(getClass().getSimpleName() + " seed " + seed);
        opened = TestStores.open(lane());
        store = new MongoStore(config(opened));
        store.prepare();
        queries = queries(QueryLimits.defaults());
        var generated = new GeneratedUsage(seed);
        usages = generated.usages(4000);
        samples = generated.samples(3000);
        write(usages);
        write(samples);
    }

    @AfterAll
    void close() {
        if (store != null) {
            store.close();
            opened.close();
        }
    }

    @Test
    void totalsAreThoseOfTheEvents() {
        var query = query(day(), List.of(), Map.of());

        var report = queries.tokens(query);

        assertEquals(List.of(new Row(day().from(), List.of(), report.totals())), report.rows());
        ReportCheck.equal(
                ExpectedTokens.counts(usages, 24 * 3600), report.totals(), "seed " + seed);
    }

    @Test
    void randomQuestionsAreAnsweredAsFromTheEvents() {
        // a question never has more groups or rows than there are events
        var queries = queries(limits(usages.size(), usages.size()));
        for (int i = 0; i < RANDOM_QUERIES; i++) {
            var query = randomQuery();

            var report = queries.tokens(query);

            ReportCheck.check(query, report, usages, NOW, "seed " + seed);
        }
    }

    @Test
    void rowsComeByTimeThenByGroupThoseWithoutAValueLast() {
        var groupBy = List.of(TokenDimension.TEAM, TokenDimension.MODEL);
        var window = window(GeneratedUsage.START, 3 * 3600, Duration.ofHours(1));

        var report = queries.tokens(query(window, groupBy, Map.of()));

        var keys =
                report.rows().stream()
                        .map(
                                row ->
                                        row.start()
                                                + " "
                                                + row.group().stream()
                                                        .map(v -> v == null ? "\uffff" : v)
                                                        .toList())
                        .toList();
        assertEquals(keys.stream().sorted().toList(), keys);
        assertTrue(keys.getLast().contains("\uffff"));
    }

    @Test
    void percentilesAreNearThoseOfTheEvents() {
        var counts = queries.tokens(query(day(), List.of(), Map.of())).totals();

        for (var measure : Measures.TOKEN) {
            if (measure.hasBins()) {
                assertNear(
                        counts.readings().distribution(measure.field()),
                        ExpectedTokens.sorted(usages, measure.field()));
            }
        }
    }

    @Test
    void aTimeWithoutRequestsHasNoRowsAndATotalOfNone() {
        var before = window(GeneratedUsage.START.minusSeconds(7200), 3600, Duration.ofMinutes(5));
        var none = new Counts(0, 0, 0, Readings.absent(Measures.TOKEN), null);

        var byStep = queries.tokens(query(before, List.of(), Map.of()));
        var total =
                queries.tokens(
                        query(
                                window(before.from(), 3600, null),
                                List.of(),
                                Map.of(TokenDimension.MODEL, List.of("nobody's"))));

        assertEquals(List.of(), byStep.rows());
        assertEquals(none, byStep.totals());
        assertEquals(List.of(new Row(before.from(), List.of(), none)), total.rows());
    }

    @Test
    void refusesMoreGroupsAndRowsThanTheLimit() {
        var byUser = query(day(), List.of(TokenDimension.USER), Map.of());
        var window = window(GeneratedUsage.START, 3 * 3600, Duration.ofMinutes(15));
        var bySteps = query(window, List.of(TokenDimension.USER), Map.of());

        var groups =
                assertThrows(
                        InvalidQueryException.class,
                        () -> queries(limits(1000, 20)).tokens(byUser));
        var rows =
                assertThrows(
                        InvalidQueryException.class,
                        () -> queries(limits(100, 1000)).tokens(bySteps));

        assertEquals(
                "group_by is user, expected at most 20 groups; filter, group by less, or ask for"
                        + " some with limit",
                groups.getMessage());
        assertEquals(
                "step is 15m, expected a step, range, filter or group_by that gives at most 100"
                        + " rows, or a limit",
                rows.getMessage());
    }

    @Test
    void seriesOfEveryGpuAreThoseOfItsSamples() {
        for (var gpu : gpus().entrySet()) {
            for (var step : STEPS) {
                var window = window(GeneratedUsage.START, 3 * 3600, step);
                var series =
                        queries.gpuSeries(
                                        new GpuSeriesQuery(
                                                gpu.getKey().gpu(), gpu.getKey().migId(), window))
                                .orElseThrow();

                assertSeries(window, gpu.getValue(), series);
            }
        }
    }

    @Test
    void aGpuThatHasReportedAtOtherTimesHasNoPointsAndAnUnknownOneNoSeries() {
        var before = window(GeneratedUsage.START.minusSeconds(7200), 3600, Duration.ofMinutes(5));
        var known = gpus().keySet().iterator().next();

        assertEquals(
                Optional.of(List.of()),
                queries.gpuSeries(new GpuSeriesQuery(known.gpu(), known.migId(), before))
                        .map(GpuSeries::points));
        assertEquals(
                Optional.empty(), queries.gpuSeries(new GpuSeriesQuery("node-9/9", null, before)));
        assertEquals(
                Optional.empty(), queries.gpuSeries(new GpuSeriesQuery("node-1/0", "7", before)));
    }

    @Test
    void latestSamplesAreThoseOfTheEvents() {
        var all =
                queries.latestSamples(new LatestSamplesQuery(List.of(), List.of(), List.of()))
                        .samples();
        var some =
                queries.latestSamples(
                                new LatestSamplesQuery(
                                        List.of("node-2"),
                                        List.of(1L),
                                        List.of("NVIDIA L4", "NVIDIA H100")))
                        .samples();

        var expected =
                gpus().values().stream()
                        .map(UsageQueriesContract::latest)
                        .collect(Collectors.toSet());
        assertEquals(expected, all.stream().map(LatestSample::sample).collect(Collectors.toSet()));
        assertEquals(expected.size(), all.size());
        assertEquals(
                expected.stream().filter(s -> key(s).gpu().equals("node-2/1")).toList().size(),
                some.size());
        for (var latest : some) {
            assertEquals("node-2/1", latest.gpu());
            assertEquals(Duration.between(latest.sample().ts(), NOW), latest.age());
        }
    }

    @Test
    void samplesThatAreTooOldAreLeftOutAndCounted() {
        var ages =
                gpus().values().stream()
                        .map(samples -> Duration.between(latest(samples).ts(), NOW))
                        .sorted()
                        .toList();
        for (int young = 1; young < ages.size(); young++) {
            var query =
                    new LatestSamplesQuery(
                            List.of(), List.of(), List.of(), List.of(), ages.get(young - 1));

            var found = queries.latestSamples(query);

            assertEquals(young, found.samples().size());
            assertEquals(ages.size() - young, found.leftOut());
        }
    }

    @Test
    void samplesAreFoundByTheirKeys() {
        var query =
                new LatestSamplesQuery(
                        List.of(), List.of(), List.of(), List.of("node-1/1", "node-2/0"), null);

        var found = queries.latestSamples(query).samples();

        assertEquals(
                Set.of("node-1/1", "node-2/0"),
                found.stream().map(LatestSample::gpu).collect(Collectors.toSet()));
    }

    @Test
    void refusesMoreGpusThanTheLimit() {
        var everything = new LatestSamplesQuery(List.of(), List.of(), List.of());

        var refusal =
                assertThrows(
                        InvalidQueryException.class,
                        () -> queries(limits(2, 10)).latestSamples(everything));

        assertEquals(
                "host is not narrow enough, expected host, gpu_index or name that leave at most 2"
                        + " GPUs",
                refusal.getMessage());
    }

    @Test
    void anInterruptedQuestionEndsAtOnce() {
        Thread.currentThread().interrupt();
        try {
            assertThrows(
                    QueryTimeoutException.class,
                    () -> queries.tokens(query(day(), List.of(), Map.of())));
        } finally {
            var _ = Thread.interrupted();
        }
    }

    private static void assertNear(@Nullable Distribution latency, double[] sorted) {
        var found = Objects.requireNonNull(latency);
        assertEquals(sorted.length, found.n());
        for (var p : List.of(0.5, 0.95)) {
            var exact = sorted[(int) Math.ceil(p * sorted.length) - 1];
            var answered = p == 0.5 ? found.p50() : found.p95();
            // a microsecond is what the answer is rounded to
            assertEquals(exact, answered, exact * PERCENTILE_ERROR + 0.001);
        }
    }

    private void assertSeries(QueryWindow window, List<Event> samples, GpuSeries series) {
        var expected = samples.stream().collect(Collectors.groupingBy(s -> window.pointOf(s.ts())));
        assertEquals(
                expected.keySet().stream().sorted().toList(),
                series.points().stream().map(GpuSeries.Point::start).toList());
        for (var point : series.points()) {
            var inPoint = expected.getOrDefault(point.start(), List.of());
            assertEquals(inPoint.size(), point.samples());
            assertEquals(values(inPoint, GpuMetric.INTERVAL_S).sum(), point.coveredSeconds(), 1e-6);
            assertEnergy(inPoint, point.energyJ());
            for (var measure : Measures.GPU) {
                if (measure.hasSum()) {
                    assertReading(inPoint, measure.field(), point);
                }
            }
            var xids = inPoint.stream().map(s -> s.get(GpuMetric.XID)).filter(Objects::nonNull);
            var errors = xids.map(xid -> xid == 0 ? 0L : 1L).reduce(Long::sum).orElse(null);
            assertEquals(errors, point.xidErrors());
        }
    }

    private static void assertEnergy(List<Event> samples, @Nullable Double energyJ) {
        var expected =
                samples.stream()
                        .filter(sample -> sample.get(GpuMetric.POWER_W) != null)
                        .map(
                                sample ->
                                        sample.require(GpuMetric.POWER_W)
                                                * sample.require(GpuMetric.INTERVAL_S))
                        .reduce(Double::sum);
        assertEquals(expected.isPresent(), energyJ != null);
        if (energyJ != null) {
            assertEquals(expected.orElseThrow(), energyJ, 1e-6 * samples.size());
        }
    }

    private static void assertReading(List<Event> samples, Field<?> field, GpuSeries.Point point) {
        var values = values(samples, field).summaryStatistics();
        var summary = point.readings().level(field);
        assertEquals(values.getCount() > 0, summary != null, field.name());
        if (summary != null) {
            assertEquals(values.getMin(), summary.min(), field.name());
            assertEquals(values.getMax(), summary.max(), field.name());
            // each value may be rounded by half a millionth, or half a unit where units are whole
            assertEquals(values.getAverage(), summary.mean(), 1e-6, field.name());
        }
    }

    private static DoubleStream values(List<Event> samples, Field<?> field) {
        return samples.stream()
                .map(sample -> sample.get(field))
                .filter(Objects::nonNull)
                .mapToDouble(value -> ((Number) value).doubleValue());
    }

    private record GpuKey(String gpu, @Nullable String migId) {}

    private Map<GpuKey, List<Event>> gpus() {
        return samples.stream().collect(Collectors.groupingBy(UsageQueriesContract::key));
    }

    private static GpuKey key(Event sample) {
        return new GpuKey(Objects.requireNonNull(sample.gpu()).key(), sample.get(GpuMetric.MIG_ID));
    }

    private static Event latest(List<Event> samples) {
        return samples.stream().max((a, b) -> a.ts().compareTo(b.ts())).orElseThrow();
    }

    private TokenQuery randomQuery() {
        var groupBy =
                Stream.of(TokenDimension.values()).filter(_ -> random.nextInt(3) == 0).toList();
        var filters = new EnumMap<TokenDimension, List<String>>(TokenDimension.class);
        if (random.nextBoolean()) {
            filters.put(TokenDimension.TEAM, List.of("", "ads, \"eu\""));
        }
        if (random.nextInt(3) == 0) {
            filters.put(TokenDimension.GPU, List.of(random.nextBoolean() ? "" : "node-1/0"));
        }
        if (random.nextInt(3) == 0) {
            filters.put(TokenDimension.MODEL, List.of("llama", "other"));
        }
        var from = GeneratedUsage.START.plusSeconds(random.nextInt(GeneratedUsage.SECONDS));
        var step = STEPS.get(random.nextInt(STEPS.size()));
        return query(window(from, random.nextInt(1, 7200), step), groupBy, filters);
    }

    private static List<@Nullable Duration> steps() {
        var steps = new ArrayList<@Nullable Duration>();
        steps.add(null);
        steps.add(Duration.ofMinutes(1));
        steps.add(Duration.ofMinutes(7));
        steps.add(Duration.ofHours(1));
        steps.add(Duration.ofHours(2));
        return steps;
    }

    private static QueryWindow day() {
        return window(Instant.parse("2023-11-16T00:00:00Z"), 24 * 3600, null);
    }

    private static QueryWindow window(Instant from, int seconds, @Nullable Duration step) {
        return Windows.covering(from, from.plusSeconds(seconds), step);
    }

    private static TokenQuery query(
            QueryWindow window,
            List<TokenDimension> groupBy,
            Map<TokenDimension, List<String>> filters) {
        return new TokenQuery(window, groupBy, filters);
    }

    private UsageQueries queries(QueryLimits limits) {
        return new MongoUsageQueries(store.database(), RETENTION, limits, CLOCK);
    }

    private static QueryLimits limits(int maxPoints, int maxGroups) {
        return new QueryLimits(KEPT, maxPoints, maxGroups, 1, Duration.ofSeconds(30));
    }

    private static StoreConfig config(TestStore store) {
        return new StoreConfig(
                new Secret(store.url()),
                store.database(),
                KEPT,
                KEPT,
                KEPT,
                Duration.ofSeconds(30));
    }

    /** Writes as the ingest steps do: in batches, each partition in offset order. */
    private void write(List<Event> events) throws InterruptedException {
        var metrics = new ProcessorMetrics(new SimpleMeterRegistry());
        var retry = new StoreRetry(new PartHealth("store", "starting", CLOCK), metrics);
        var math = new RollupMath(Duration.ofSeconds(15));
        var rollups = new MongoRollups(store, math, 1000, retry, metrics, Clock.systemUTC());
        var offsets = new HashMap<String, Long>();
        for (int from = 0; from < events.size(); from += BATCH) {
            var rows = new ArrayList<CountedRow>();
            for (var event : events.subList(from, Math.min(from + BATCH, events.size()))) {
                var source = "topic_" + random.nextInt(PARTITIONS);
                var offset = offsets.merge(source, 1L, Long::sum);
                var document = raw(event);
                var values = StoredEvent.of(event.topic(), document).values();
                rows.add(new CountedRow(source, offset, values, Overflow.NONE, document));
            }
            rollups.apply(rows);
        }
    }

    private static RawBsonDocument raw(Event event) {
        var raw = new Document(StoreLayout.ID, EventId.of(event));
        for (var field : event.topic().fields().fields()) {
            var value = event.get(field);
            if (value instanceof Instant time) {
                raw.append(field.name(), Date.from(time));
                if (time.get(ChronoField.NANO_OF_SECOND) % 1_000_000 != 0) {
                    raw.append(
                            StoreLayout.TS_NANOS, time.get(ChronoField.NANO_OF_SECOND) % 1_000_000);
                }
            } else if (value != null) {
                raw.append(field.name(), value);
            }
        }
        var gpu = event.gpu();
        if (gpu != null) {
            raw.append(StoreLayout.GPU, gpu.key());
        }
        raw.append(StoreLayout.SERIES_BY, StoreLayout.SERIES_BY_ALL);
        return new RawBsonDocument(raw, new DocumentCodec());
    }
}
