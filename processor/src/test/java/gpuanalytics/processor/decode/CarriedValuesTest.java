package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.RequestStatus;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRecords;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is carried from a record to its rollups is what its stored document says: the audit reads
 * the document. {@code -Dfuzz.seed} repeats a run.
 */
class CarriedValuesTest {

    private static final int RECORDS = 10_000;
    private static final Duration ANY = Duration.ofDays(365_000);

    private final EventCodec codec =
            new EventCodec(new EventLimits(ANY, ANY, EventLimits.DEFAULT_MAX_BYTES));
    private final List<EventDecoder> decoders =
            List.of(
                    new ScanningEventDecoder(codec, Clock.systemUTC(), Duration.ofMillis(2500)),
                    new CodecEventDecoder(codec, Clock.systemUTC(), Duration.ofMillis(2500)));

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomRecords records = new RandomRecords(random);

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void areWhatTheStoredDocumentSays(EventTopic topic) {
        System.out.println("fuzz.seed=" + seed);
        int compared = 0;
        for (int i = 0; i < RECORDS; i++) {
            var record = records.next(topic, i % 2 == 0 ? 1000 : 20);
            var shown = new String(record, UTF_8) + " fuzz.seed=" + seed;
            for (var decoder : decoders) {
                if (decoder.decode(TestRecords.of(topic, record, i, Map.of())) instanceof Row row) {
                    assertSame(row, someFolded(), shown);
                    compared++;
                }
            }
        }
        // the comparison means something: most records of usages break a rule between fields
        assertTrue(compared > RECORDS / 5, compared + " compared, fuzz.seed=" + seed);
    }

    @ParameterizedTest
    @CsvSource({"1,,false", "0,,false", ",0,false", "3,71428571,false", ",,true", "2,,true"})
    void whatIsDecidedOfASampleIsReadFromItsDocument(
            @Nullable Long xidErrors, @Nullable Long energyUj, boolean unknown) {
        var record =
                "{\"ts\":\"2026-01-31T12:00:00Z\",\"host\":\"h\",\"gpu_index\":1,\"name\":\"L4\"}";
        var row =
                (Row)
                        decoders.getFirst()
                                .decode(
                                        TestRecords.of(
                                                EventTopic.GPU_METRICS,
                                                record.getBytes(UTF_8),
                                                1,
                                                Map.of()));
        var counts = new DecidedCounts(null, xidErrors, energyUj, unknown);

        var decided = row.counting(counts);

        assertEquals(counts, decided.values().counts());
        assertSame(decided, Overflow.NONE, record);
        assertEquals(
                decided.values(),
                StoredEvent.of(EventTopic.GPU_METRICS, decided.document()).values());
    }

    private Overflow someFolded() {
        var overflow = Overflow.NONE;
        for (var label : Labels.fields(EventTopic.TOKEN_USAGE)) {
            overflow = random.nextBoolean() ? overflow.and(label) : overflow;
        }
        return overflow;
    }

    private static void assertSame(Row row, Overflow folding, String shown) {
        var values = row.values();
        for (var under : List.of(Overflow.NONE, Overflow.OTHER, Overflow.OTHER_OF_GPU, folding)) {
            var marked = row.counting(under);
            assertEquals(
                    new StoredEvent(values, under),
                    StoredEvent.of(values.topic(), marked.document()),
                    shown);
        }
        // and field by field, not by the same reader
        var document = BsonDocument.parse(row.document().toJson());
        var assumed = document.get(StoreLayout.ASSUMED_INTERVAL_S);
        if (assumed != null) {
            assertNull(document.put("interval_s", assumed), shown); // counts as if it had said so
        }
        for (var field : values.topic().fields().fields()) {
            assertEquals(document.containsKey(field.name()), values.has(field), shown);
            assertEquals(number(document, field), values.number(field), field + " of " + shown);
        }
        if (values.topic() == EventTopic.TOKEN_USAGE) {
            assertEquals(failed(document), failed(values), shown);
        }
        assertEquals(document.getDateTime("ts").getValue(), values.epochMilli(), shown);
        var belowMilli = document.get("ts_nanos", new org.bson.BsonInt32(0)).asInt32().getValue();
        assertEquals(values.epochMilli() * 1_000_000 + belowMilli, values.epochNanos(), shown);
        var labels = values.labels().toBson();
        for (var name : Labels.names(values.topic())) {
            switch (document.get(name)) {
                case null -> assertNull(labels.get(name), shown);
                case BsonString text -> assertEquals(text, labels.get(name), shown);
                case org.bson.BsonNumber number ->
                        assertEquals(new BsonInt64(number.longValue()), labels.get(name), shown);
                default -> throw new AssertionError(name + " of " + shown);
            }
        }
    }

    private static boolean failed(EventValues values) {
        var decided = values.counts().failed();
        return decided == null ? values.has(TokenUsage.ERROR_TYPE) : decided;
    }

    /** By what the document says of how the request ended, not by what was decided. */
    private static boolean failed(BsonDocument document) {
        return RequestStatus.isFailure(text(document, "error_type"), text(document, "status"));
    }

    private static @Nullable String text(BsonDocument document, String name) {
        return document.get(name) instanceof BsonString text ? text.getValue() : null;
    }

    private static double number(BsonDocument document, Field<?> field) {
        var value = document.get(field.name());
        return switch (field.kind()) {
            case TEXT, TIME -> Double.NaN;
            case FLAG -> value == null ? Double.NaN : value.asBoolean().getValue() ? 1 : 0;
            case INTEGER, NUMBER -> value == null ? Double.NaN : value.asNumber().doubleValue();
        };
    }
}
