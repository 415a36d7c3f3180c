package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.DeadLetterReader;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.letter.Letter;
import gpuanalytics.processor.letter.Letters;
import gpuanalytics.processor.letter.LettersUnavailableException;
import gpuanalytics.service.health.HealthReport;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A refused record is kept whatever its size, or at least its sizes are. */
@Execution(ExecutionMode.CONCURRENT)
class DeadLettersIT {

    private static final int LARGE = 3 << 20; // three times what a topic takes; compressed, little
    private static final byte[] NOT_JSON = "no".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(strings = {"headers", "key"})
    void shedsWhatIsTooLargeBesideTheValueAndGoesOn(String large) throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            var ledger = new EventLedger(41);
            fixture.sendAll(ledger, 20);
            var key = large.equals("key") ? new byte[LARGE] : "k".getBytes(UTF_8);
            var header = large.equals("headers") ? new byte[LARGE] : "h".getBytes(UTF_8);
            sendCompressed(fixture, key, header);
            fixture.sendAll(ledger, 20);
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(1, processor.stats().rejected());
                Waiting.until(
                        "Kafka to be well", PipelineFixture.LIMIT, () -> kafka(processor).up());
            }
            ledger.assertMatches(fixture.database());

            var letters = fixture.deadLetters();
            assertEquals(1, letters.size());
            var letter = letters.getFirst();
            assertEquals("no", new String(letter.value(), UTF_8));
            assertEquals("not_json", text(letter, DeadLetterTopic.REASON));
            assertNull(letter.key());
            assertNull(letter.headers().lastHeader("large"));
            assertNull(text(letter, DeadLetterTopic.TRUNCATED_FROM_BYTES));
            assertEquals(Integer.toString(key.length), text(letter, DeadLetterTopic.KEY_BYTES));
            assertEquals("1", text(letter, DeadLetterTopic.HEADERS));
            assertEquals(
                    Integer.toString("large".length() + header.length),
                    text(letter, DeadLetterTopic.HEADER_BYTES));
        }
    }

    @Test
    void waitsAndSaysSoWhileNotEvenTheSizesFit() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            limit(fixture, "64");
            fixture.send(EventTopic.TOKEN_USAGE, 0, NOT_JSON);
            fixture.flush();
            try (var processor = Processor.start(fixture.config())) {
                Waiting.until(
                        "the dead letters to be missed",
                        PipelineFixture.LIMIT,
                        () -> kafka(processor).detail().startsWith("dead letters wait for topic "));
                assertFalse(kafka(processor).up());
                assertTrue(processor.health().live());

                limit(fixture, "100000");
                fixture.awaitCommitted();

                Waiting.until(
                        "Kafka to be well", PipelineFixture.LIMIT, () -> kafka(processor).up());
            }
            var letter = fixture.deadLetters().getFirst();
            assertEquals("not_json", text(letter, DeadLetterTopic.REASON));
            assertEquals("0", text(letter, DeadLetterTopic.OFFSET));
        }
    }

    @Test
    void theLatestAreReadBackWithWhyAndWhatTheyHold() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            var reader = new DeadLetterReader(fixture.config().consume());
            assertEquals(new Letters.Newest(List.of(), 0), reader.newest(10));
            for (int i = 0; i < 5; i++) {
                fixture.send(EventTopic.TOKEN_USAGE, 0, "no %d".formatted(i).getBytes(UTF_8));
            }
            fixture.send(EventTopic.TOKEN_USAGE, 0, "ü".repeat(LARGE / 8).getBytes(UTF_8));
            fixture.flush();
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(6, processor.stats().rejected());
            }

            var newest = reader.newest(3);

            assertEquals(6, newest.kept());
            assertEquals(List.of("0/5", "0/4", "0/3"), letters(newest, Letter::letter));
            assertEquals(
                    List.of("not_json", "not_json", "not_json"), letters(newest, Letter::reason));
            assertEquals(List.of(false, true, true), letters(newest, each -> !each.cut()));
            var large = newest.letters().getFirst();
            assertEquals((long) LARGE / 8 * 2, large.valueBytes());
            assertEquals("ü".repeat(2048), large.value());
            var small = newest.letters().get(1);
            assertEquals("no 4", small.value());
            assertEquals(4L, small.offset());
            assertEquals(fixture.tokenTopic(), small.topic());
            assertNull(small.door());
            assertEquals(6, reader.newest(500).letters().size());
        }
    }

    private static <V> List<V> letters(Letters.Newest newest, Function<Letter, V> value) {
        return newest.letters().stream().map(value).toList();
    }

    @Test
    void whereKafkaIsAwayTheyCannotBeReadNow() {
        var config =
                ProcessorConfig.fromEnvironment(Map.of("KAFKA_BOOTSTRAP", "127.0.0.1:1")).consume();
        var reader = new DeadLetterReader(config);

        assertThrows(LettersUnavailableException.class, () -> reader.newest(1));
    }

    private static void sendCompressed(PipelineFixture fixture, byte[] key, byte[] header)
            throws Exception {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers",
                        fixture.bootstrapServers(),
                        "compression.type",
                        "gzip",
                        "max.request.size",
                        64 << 20,
                        "key.serializer",
                        ByteArraySerializer.class,
                        "value.serializer",
                        ByteArraySerializer.class);
        try (var producer = new KafkaProducer<byte[], byte[]>(settings)) {
            var record = new ProducerRecord<>(fixture.tokenTopic(), 0, key, NOT_JSON);
            record.headers().add("large", header);
            producer.send(record).get();
        }
    }

    private static void limit(PipelineFixture fixture, String bytes) throws Exception {
        fixture.configureTopic(fixture.deadLetterTopic(), Map.of("max.message.bytes", bytes));
    }

    private static HealthReport.Part kafka(Processor processor) {
        return processor.health().parts().stream()
                .filter(part -> part.name().equals("kafka"))
                .findFirst()
                .orElseThrow();
    }

    private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }
}
