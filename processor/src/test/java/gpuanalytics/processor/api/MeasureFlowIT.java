package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.Field.Aggregation;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.MongoUsageQueries;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.RollupRetention;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.TestRollups;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.TestStoreConfig;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every reading that the contract says aggregates goes from an event into the rollups and from
 * there into the answers, as JSON and as CSV. The test names none: one more field in the contract
 * is one more that it follows.
 */
class MeasureFlowIT {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final Instant NOW = NOON.plusSeconds(600);
    private static final String WINDOW = "from=2026-01-31T12:00:00Z&to=2026-01-31T12:01:00Z";
    private static final int EVENTS = 2;

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final MongoStore store = new MongoStore(TestStoreConfig.at(embedded.url()));
    private final RunningApi api = new RunningApi();

    @AfterEach
    void close() {
        api.close();
        store.close();
        embedded.close();
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void everyMeasureGoesFromTheEventIntoEveryAnswer(EventTopic topic) throws Exception {
        store(topic);

        var stored = stored(topic);
        var json = jsonRow(topic);
        var csv = csvRow(topic);

        for (var measure : Measures.of(topic)) {
            assertStored(measure, stored.getDocument(measure.name()));
            var expected = expected(measure);
            var reading = json.path(measure.name());
            assertEquals(expected.isEmpty(), reading.isMissingNode(), measure.name());
            expected.forEach(
                    (part, value) -> {
                        var found = part.isEmpty() ? reading : reading.path(part);
                        assertTrue(found.isNumber(), () -> measure.name() + " is " + reading);
                        assertNear(measure, part, value, found.asDouble());
                        var column = measure.name() + (part.isEmpty() ? "" : "_" + part);
                        var cell = csv.getOrDefault(column, "no column " + column);
                        assertNear(measure, part, value, Double.parseDouble(cell));
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void everyMeasureOfTheLatestSampleIsInTheFleetsAnswer(EventTopic topic) throws Exception {
        if (topic == EventTopic.TOKEN_USAGE) {
            return;
        }
        store(topic);

        var latest = json("/gpu/info").path("gpus").path(0);

        for (var measure : Measures.of(topic)) {
            assertEquals(
                    value(measure, EVENTS), latest.path(measure.name()).asDouble(), measure.name());
        }
    }

    private void store(EventTopic topic) throws InterruptedException {
        store.prepare();
        var queries =
                MongoUsageQueries.of(
                        store,
                        new RollupRetention(
                                Duration.ofDays(30), Duration.ofDays(400), Duration.ofMinutes(5)),
                        QueryLimits.defaults(),
                        Clock.fixed(NOW, ZoneOffset.UTC));
        api.queries.latestSamples = queries::latestSamples;
        api.queries.gpuSeries = queries::gpuSeries;
        api.queries.tokens = queries::tokens;
        var rollups = TestRollups.in(store);
        var partition = new TestRows(topic, "topic-a", 0);
        var rows = new ArrayList<CountedRow>();
        for (int i = 1; i <= EVENTS; i++) {
            var row = partition.next(event(topic, i));
            rows.add(CountedRow.of(row));
        }
        rollups.apply(rows);
    }

    private static Event event(EventTopic topic, int number) {
        var builder =
                switch (topic) {
                    case GPU_METRICS ->
                            GpuMetric.builder()
                                    .set(GpuMetric.TS, NOON.plusSeconds(number))
                                    .set(GpuMetric.HOST, "h")
                                    .set(GpuMetric.GPU_INDEX, 0L)
                                    .set(GpuMetric.NAME, "NVIDIA L4");
                    case TOKEN_USAGE ->
                            TokenUsage.builder()
                                    .set(TokenUsage.TS, NOON.plusSeconds(number))
                                    .set(TokenUsage.MODEL, "llama");
                };
        for (var measure : Measures.of(topic)) {
            set(builder, measure.field(), value(measure, number));
        }
        return builder.build();
    }

    private static <T> void set(Event.Builder builder, Field<T> field, double value) {
        Object number = field.kind() == Field.Kind.INTEGER ? (Object) (long) value : value;
        builder.set(field, field.type().cast(number));
    }

    /**
     * Another value for each measure. Earlier ones are larger, as tokens that are part of others
     * come after them; ratios are below 1; all are exact in binary.
     */
    private static double value(Measure measure, int number) {
        var value = (double) (64 - measure.index() - number);
        return measure.field().max() <= 1 ? value / 64 : value;
    }

    /** The parts of an answer, by name; a reading without parts has one without a name. */
    private static Map<String, Double> expected(Measure measure) {
        var first = value(measure, 1);
        var second = value(measure, EVENTS);
        var mean = (first + second) / EVENTS;
        return switch (measure.aggregation()) {
            case GAUGE, WHOLE_GAUGE -> Map.of("mean", mean, "min", second, "max", first);
            case SUM -> Map.of("", first + second);
            case HISTOGRAM -> Map.of("mean", mean, "p50", second, "p95", first);
            case COUNTER -> Map.of();
            case NONE -> throw new AssertionError(measure);
        };
    }

    private static void assertNear(Measure measure, String part, double expected, double found) {
        // a percentile is the middle of a bin
        var error = part.startsWith("p") ? 0.045 * expected : 1e-6;
        var rounding = measure.aggregation() == Aggregation.WHOLE_GAUGE ? 0.5 : 0;
        assertEquals(expected, found, error + rounding, measure.name() + " " + part);
    }

    private BsonDocument stored(EventTopic topic) {
        var collection =
                switch (topic) {
                    case GPU_METRICS -> StoreLayout.GPU_HOUR;
                    case TOKEN_USAGE -> StoreLayout.TOKEN_HOUR;
                };
        return store.collection(collection).find().into(new ArrayList<>()).getFirst();
    }

    private static void assertStored(Measure measure, BsonDocument part) {
        assertEquals(new BsonInt64(EVENTS), part.get("n"), measure.name());
        if (measure.hasSum()) {
            var sum = (value(measure, 1) + value(measure, EVENTS)) * measure.sumPerUnit();
            assertEquals(new BsonInt64((long) sum), part.get(measure.sumName()), measure.name());
        }
        if (measure.hasRange()) {
            assertEquals(new BsonDouble(value(measure, EVENTS)), part.get("min"), measure.name());
            assertEquals(new BsonDouble(value(measure, 1)), part.get("max"), measure.name());
        }
        assertEquals(measure.hasBins(), part.containsKey("bins"), measure.name());
    }

    private JsonNode jsonRow(EventTopic topic) throws IOException {
        var rows =
                switch (topic) {
                    case GPU_METRICS -> json(path(topic)).path("points");
                    case TOKEN_USAGE -> json(path(topic)).path("rows");
                };
        assertEquals(1, rows.size());
        return rows.get(0);
    }

    private static String path(EventTopic topic) {
        return switch (topic) {
            case GPU_METRICS -> "/gpus/h%2F0/series?step=1m&" + WINDOW;
            case TOKEN_USAGE -> "/tokens?step=1m&" + WINDOW;
        };
    }

    private JsonNode json(String path) throws IOException {
        return new ObjectMapper().readTree(api.get(path).body());
    }

    private Map<String, String> csvRow(EventTopic topic) throws IOException {
        var body = api.get(path(topic), "accept", "text/csv").body();
        try (var csv = CSVParser.parse(body, CSVFormat.RFC4180)) {
            var records = csv.getRecords();
            assertEquals(2, records.size(), body);
            var row = new HashMap<String, String>();
            for (int i = 0; i < records.getFirst().size(); i++) {
                row.put(records.getFirst().get(i), records.getLast().get(i));
            }
            assertFalse(row.isEmpty());
            return row;
        }
    }
}
