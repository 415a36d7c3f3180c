package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.consume.TestRecords;
import gpuanalytics.processor.decode.DecodedRecord.Rejected;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** What is stored, counted and rejected of records that are not quite as the contract has them. */
class RefusedReadingsTest {

    private static final int MAX_ITEMS = 5;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ProcessorMetrics metrics = new ProcessorMetrics(registry);
    private final Decoding decoding =
            new Decoding(
                    new ScanningEventDecoder(
                            new EventCodec(EventLimits.defaults()),
                            Clock.systemUTC(),
                            Duration.ofSeconds(15),
                            metrics::readingRefused),
                    MAX_ITEMS,
                    metrics);

    @Test
    void aBadReadingIsCountedAndKeptAsItWasSaid() {
        var row = row(sample("\"power_w\":300,\"sm_active\":7.5,\"temp_c\":\"hot\""));

        assertEquals(
                BsonDocument.parse("{sm_active: '7.5', temp_c: 'hot'}"),
                row.document().getDocument("refused"));
        assertEquals(300, row.document().getDouble("power_w").getValue());
        assertNull(row.document().get("sm_active"));
        assertEquals(1, refused("sm_active", "out_of_range"));
        assertEquals(1, refused("temp_c", "wrong_type"));
    }

    @Test
    void whatIsKeptOfABadReadingIsShort() {
        var row = row(sample("\"power_w\":\"%s\"".formatted("x".repeat(100_000))));

        assertTrue(
                row.document().getDocument("refused").getString("power_w").getValue().length()
                        <= 64);
    }

    /** A door has refused and counted it, and passes it on with the event. */
    @Test
    void whatADoorHasRefusedIsKeptAndNotCountedAgain() {
        var row =
                row(
                        sample(
                                "\"power_w\":300,\"refused\":{\"temp_c\":"
                                        + "{\"reason\":\"wrong_type\",\"said\":\"hot\"}}"));

        assertEquals(BsonDocument.parse("{temp_c: 'hot'}"), row.document().getDocument("refused"));
        assertNull(registry.find("readings.refused").counter());
    }

    @Test
    void nothingIsCountedWhereNothingWasLost() {
        var row = row(sample("\"power_w\":\"[N/A]\",\"temp_c\":\"41 C\""));

        assertNull(row.document().get("refused"));
        assertNull(registry.find("readings.refused").counter());
    }

    @Test
    void anArrayIsItsEventsEachWithItsPlace() {
        var record = record("[" + usage(1) + "," + usage(2) + " , " + usage(3) + "]");
        var decoded = decoding.decode(List.of(record));

        assertEquals(3, decoded.size());
        assertEquals(3, metrics.received());
        for (int i = 0; i < 3; i++) {
            var row = assertInstanceOf(Row.class, decoded.get(i));
            var src = row.document().getDocument("src");
            assertEquals(i + 1, row.document().getNumber("prompt_tokens").intValue());
            assertEquals(42, src.getNumber("offset").intValue());
            assertEquals(
                    i == 0 ? null : i,
                    src.containsKey("item") ? src.getNumber("item").intValue() : null);
            assertTrue(row.id().endsWith(i == 0 ? "/42" : "/42/" + i), row.id());
            assertEquals(i == 2, row.record().isLast());
        }
    }

    @Test
    void aBadEventOfManyIsRejectedAlone() {
        for (var text :
                List.of(
                        "[%s,{\"model\":7},%s]".formatted(usage(1), usage(2)),
                        "%s\n\n{\"model\":7}\r\n%s\n".formatted(usage(1), usage(2)),
                        "[%s,{\"ts\":3},%s]".formatted(usage(1), usage(2)))) {
            var decoded = decoding.decode(List.of(record(text)));

            assertEquals(3, decoded.size(), text);
            assertInstanceOf(Row.class, decoded.get(0));
            var rejected = assertInstanceOf(Rejected.class, decoded.get(1));
            assertEquals(1, rejected.record().item());
            assertTrue(rejected.record().isItem());
            var value = rejected.record().value();
            assertTrue(
                    value != null && new String(value, UTF_8).matches("\\{\"(model|ts)\":[73]}"));
            assertInstanceOf(Row.class, decoded.get(2));
        }
    }

    @Test
    void whatIsNoListIsRejectedWhole() {
        for (var text :
                List.of(
                        "[]",
                        "[" + usage(1),
                        "[" + usage(1) + "] x",
                        usage(1) + usage(2),
                        "{\n\"a\":1,\n{\n}",
                        usage(1) + "\nx")) {
            var decoded = decoding.decode(List.of(record(text)));

            assertEquals(1, decoded.size(), text);
            assertInstanceOf(Rejected.class, decoded.getFirst(), text);
        }
    }

    @Test
    void moreEventsThanALimitAreRejectedWhole() {
        var six = "[" + String.join(",", java.util.Collections.nCopies(6, usage(1))) + "]";

        var rejected =
                assertInstanceOf(Rejected.class, decoding.decode(List.of(record(six))).getFirst());
        assertEquals("record has more than 5 events, expected at most 5", rejected.detail());
    }

    private static String usage(int tokens) {
        return "{\"ts\":\"2026-01-31T11:00:00Z\",\"model\":\"m\",\"prompt_tokens\":%d}"
                .formatted(tokens);
    }

    private static RawRecord record(String usage) {
        return TestRecords.of(EventTopic.TOKEN_USAGE, usage.getBytes(UTF_8), 42, Map.of());
    }

    private static RawRecord sample(String readings) {
        var sample =
                "{\"ts\":\"2026-01-31T11:00:00Z\",\"host\":\"h\",\"gpu_index\":0,\"name\":\"T4\",%s}"
                        .formatted(readings);
        return TestRecords.of(EventTopic.GPU_METRICS, sample.getBytes(UTF_8), 1, Map.of());
    }

    private Row row(RawRecord record) {
        return assertInstanceOf(Row.class, decoding.decode(List.of(record)).getFirst());
    }

    private double refused(String field, String reason) {
        return registry.get("readings.refused")
                .tags("topic", "gpu.metrics.v1", "field", field, "reason", reason)
                .counter()
                .count();
    }
}
