package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.TestRecords;
import gpuanalytics.processor.decode.DecodedRecord.Rejected;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast decoder and the codec agree on everything; {@code -Dfuzz.seed} repeats a run. */
class ScanningEventDecoderTest {

    private static final int RECORDS = 10_000;

    private final Clock clock = Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);
    private final EventCodec codec =
            new EventCodec(
                    new EventLimits(
                            EventLimits.DEFAULT_MAX_AGE,
                            EventLimits.DEFAULT_MAX_LEAD,
                            EventLimits.DEFAULT_MAX_BYTES));
    private static final Duration ASSUMED = Duration.ofMillis(2500);

    private final EventDecoder reference = new CodecEventDecoder(codec, clock, ASSUMED);
    private final EventDecoder fast = new ScanningEventDecoder(codec, clock, ASSUMED);

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomRecords records = new RandomRecords(random);

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void agreesWithTheCodecOnValidAndOddRecords(EventTopic topic) {
        System.out.println("fuzz.seed=" + seed);
        int stored = 0;
        int plain = 0;
        var scanner = new FlatScanner(topic);
        for (int i = 0; i < RECORDS; i++) {
            var record = records.next(topic, i % 2 == 0 ? 1000 : 30);
            plain += scanner.scan(TestRecords.within(record, 0)) ? 1 : 0;
            stored += assertSame(topic, record, i) ? 1 : 0;
        }
        // the comparison means something: many went each way
        assertTrue(plain > RECORDS / 10, plain + " plain, fuzz.seed=" + seed);
        assertTrue(stored - plain > 100 && stored < RECORDS, stored + " stored of which " + plain);
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void agreesWithTheCodecOnDamagedRecords(EventTopic topic) {
        System.out.println("fuzz.seed=" + seed);
        for (int i = 0; i < RECORDS; i++) {
            assertSame(topic, records.damaged(records.next(topic, 1000)), i);
        }
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void agreesWithTheCodecWhereverARecordEnds(EventTopic topic) {
        var record = records.next(topic, 1000);
        for (int length = 0; length < record.length; length++) {
            assertSame(topic, Arrays.copyOf(record, length), length);
        }
    }

    @Test
    void agreesWithTheCodecOnEveryDayThatIsOrIsNot() {
        for (int year : new int[] {2016, 2017, 2019, 2020, 2024, 2025}) {
            for (int month = 0; month <= 13; month++) {
                for (int day = 0; day <= 32; day++) {
                    var usage =
                            "{\"ts\":\"%d-%02d-%02dT23:59:59Z\",\"model\":\"m\",\"prompt_tokens\":1}"
                                    .formatted(year, month, day);
                    assertSame(EventTopic.TOKEN_USAGE, usage.getBytes(UTF_8), day);
                }
            }
        }
    }

    @Test
    void takesTheOriginalsShapeWithoutTheCodec() {
        var usage =
                """
                {"ts": "2026-01-31T12:00:00Z", "model": "llama-3-70b", "prompt_tokens": 256, \
                "completion_tokens": 64, "latency_ms": 812.5, "gpu_index": 0}\
                """
                        .getBytes(UTF_8);

        assertTrue(new FlatScanner(EventTopic.TOKEN_USAGE).scan(TestRecords.within(usage, 0)));
        assertTrue(assertSame(EventTopic.TOKEN_USAGE, usage, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"m\",\"model\":\"m\"}",
                "{\"x\":1,\"x\":2}",
                "{\"specversion\":\"1.0\"}",
                "{\"gen_ai.request.model\":\"m\"}",
                "{\"model\":\"\\u006d\"}",
                "{\"model\":\"é\"}",
                "{\"x\":{}}",
                "{\"promptTokens\":1}",
                "{\"tokens [1]\":1}",
                "{\"user\":\"N/A\"}",
                "{\"model\":\"[N/A]\"}",
                "{\"x\":01}",
                "{\"x\":1}{}",
                "{\"x\":1,}",
                "{}",
                "[]",
                "",
            })
    void leavesWhatIsNotPlainToTheCodec(String record) {
        assertFalse(
                new FlatScanner(EventTopic.TOKEN_USAGE)
                        .scan(TestRecords.within(record.getBytes(UTF_8), 3)));
        assertFalse(assertSame(EventTopic.TOKEN_USAGE, record.getBytes(UTF_8), 0));
    }

    /** A record is read again after a crash, by another clock; it must not be judged anew. */
    @Test
    void judgesARecordTheSameWhenItIsReadAgainLater() {
        var later = Clock.offset(clock, Duration.ofDays(400));
        var decoders =
                List.of(
                        fast,
                        reference,
                        new ScanningEventDecoder(codec, later, ASSUMED),
                        new CodecEventDecoder(codec, later, ASSUMED));
        var lead = EventLimits.DEFAULT_MAX_LEAD;
        for (var ahead : List.of(lead, lead.plusNanos(1), lead.plusSeconds(1))) {
            var ts = TestRecords.APPENDED.plus(ahead);
            var usage = "{\"ts\":\"%s\",\"model\":\"m\",\"prompt_tokens\":1}".formatted(ts);
            for (var decoder : decoders) {
                var decoded =
                        decoder.decode(
                                TestRecords.of(
                                        EventTopic.TOKEN_USAGE,
                                        usage.getBytes(UTF_8),
                                        0,
                                        Map.of()));
                assertEquals(
                        ahead.compareTo(lead) > 0,
                        decoded instanceof Rejected rejected
                                && rejected.reason() == RejectReason.FROM_THE_FUTURE,
                        usage);
            }
        }
    }

    /** Nothing tells when such a record was written, so nothing tells how old its event is. */
    @Test
    void rejectsARecordWithoutATime() {
        var usage =
                "{\"ts\":\"2026-01-31T12:00:00Z\",\"model\":\"m\",\"prompt_tokens\":1}"
                        .getBytes(UTF_8);
        var record = TestRecords.of(EventTopic.TOKEN_USAGE, usage, 0, Map.of(), -1);

        assertInstanceOf(Rejected.class, fast.decode(record));
        assertEquals(reference.decode(record), fast.decode(record));
    }

    @Test
    void leavesCloudEventsToTheCodec() {
        var record = records.next(EventTopic.TOKEN_USAGE, 100_000);
        var headers =
                Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "1",
                        "ce_source", "/s",
                        "ce_type", "t",
                        "content-type", "application/json");

        assertSame(EventTopic.TOKEN_USAGE, record, 0, headers);
        assertSame(EventTopic.TOKEN_USAGE, record, 0, Map.of("content-type", "application/json"));
        assertSame(EventTopic.TOKEN_USAGE, record, 0, Map.of("content-type", "text/plain"));
        assertSame(
                EventTopic.TOKEN_USAGE,
                record,
                0,
                Map.of("content-type", "application/cloudevents+json"));
    }

    @Test
    void leavesPartsThatMayBeCountedBesideToTheCodec() {
        var usage =
                "{\"ts\":\"2026-01-31T12:00:00Z\",\"model\":\"m\",\"prompt_tokens\":9,\"completion_tokens\":5%s}";
        var scanner = new FlatScanner(EventTopic.TOKEN_USAGE);
        for (var parts :
                List.of(
                        ",\"provider\":\"xai\",\"reasoning_tokens\":3",
                        ",\"total_tokens\":17,\"reasoning_tokens\":3",
                        ",\"total_tokens\":17,\"cached_prompt_tokens\":3")) {
            var record = usage.formatted(parts).getBytes(UTF_8);
            assertFalse(scanner.scan(TestRecords.within(record, 0)), parts);
            assertTrue(assertSame(EventTopic.TOKEN_USAGE, record, 0), parts);
        }
        for (var parts :
                List.of(
                        ",\"provider\":\"xai\"",
                        ",\"total_tokens\":14",
                        ",\"provider\":\"vllm\",\"reasoning_tokens\":3")) {
            assertTrue(
                    scanner.scan(TestRecords.within(usage.formatted(parts).getBytes(UTF_8), 3)),
                    parts);
        }
    }

    @Test
    void leavesASampleWithoutAKnownReadingToTheCodec() {
        var sample =
                "{\"ts\":\"2026-01-31T12:00:00Z\",\"host\":\"h\",\"gpu_index\":0,\"name\":\"n\"%s}";
        var scanner = new FlatScanner(EventTopic.GPU_METRICS);
        var unknown = sample.formatted(",\"fan_rpm\":900").getBytes(UTF_8);

        assertFalse(scanner.scan(TestRecords.within(unknown, 0)));
        assertTrue(assertSame(EventTopic.GPU_METRICS, unknown, 0));
        assertTrue(scanner.scan(TestRecords.within(sample.formatted("").getBytes(UTF_8), 3)));
        assertTrue(
                scanner.scan(
                        TestRecords.within(
                                sample.formatted(",\"fan_rpm\":900,\"xid\":0").getBytes(UTF_8),
                                3)));
    }

    @Test
    void agreesWithTheCodecOnTheItemsOfARecord() {
        for (var topic : EventTopic.values()) {
            var record =
                    TestRecords.of(topic, new byte[0], 7, Map.of())
                            .item(records.next(topic, 1000), 12, false);
            assertEquals(document(reference.decode(record)), document(fast.decode(record)), "item");
        }
    }

    private static String document(DecodedRecord decoded) {
        return switch (decoded) {
            case Row row -> row.id() + row.document().toJson();
            case Rejected rejected -> rejected.detail();
        };
    }

    private boolean assertSame(EventTopic topic, byte[] value, long offset) {
        return assertSame(topic, value, offset, Map.of());
    }

    /** Whether both say that it is an event. */
    private boolean assertSame(
            EventTopic topic, byte[] value, long offset, Map<String, String> headers) {
        var record = TestRecords.of(topic, value, offset, headers);
        var shown = new String(value, UTF_8) + " fuzz.seed=" + seed;
        var expected = reference.decode(record);
        var actual = fast.decode(record);
        switch (expected) {
            case Rejected rejected -> assertEquals(rejected, actual, shown);
            case Row wanted -> {
                if (!(actual instanceof Row row)) {
                    throw new AssertionError(actual + " for " + shown);
                }
                assertEquals(wanted.record(), row.record());
                assertEquals(wanted.id(), row.id(), shown);
                assertEquals(wanted.overflow(), row.overflow());
                assertEquals(wanted.values(), row.values(), shown);
                assertEquals(
                        new StoredEvent(row.values(), row.overflow()),
                        StoredEvent.of(topic, row.document()),
                        shown);
                assertEquals(wanted.document().toJson(), row.document().toJson(), shown);
                assertArrayEquals(bytes(wanted), bytes(row), shown);
            }
        }
        return expected instanceof Row;
    }

    private static byte[] bytes(Row row) {
        var bytes = new byte[row.documentBytes()];
        row.copyDocument(bytes);
        return bytes;
    }
}
