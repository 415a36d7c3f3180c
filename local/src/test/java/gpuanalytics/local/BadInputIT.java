package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.processor.Processor;
import gpuanalytics.processor.ProcessorConfig;
import gpuanalytics.service.config.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Bad records and absent servers: said in one line, nothing lost, nothing ended. */
class BadInputIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int LARGE_BYTES = 20 << 20;
    private static final String TOKENS = "token.usage.v1";

    private static final String GOOD =
            """
            {"ts":"2026-01-31T12:00:00Z","model":"m","prompt_tokens":%d,"request_id":"%s"}\
            """;

    @Test
    void putsBadRecordsAsideWithTheirReasonAndStoresTheirNeighbours() throws Exception {
        try (var broker = EmbeddedBroker.start();
                var store = EmbeddedStore.start()) {
            createTopics(broker);
            send(
                    broker,
                    bytes(GOOD.formatted(1, "first")),
                    bytes("{\"extra\":" + "[".repeat(10) + "]".repeat(10) + "}"),
                    new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'},
                    bytes("{\"text\":\"" + "x".repeat(LARGE_BYTES) + "\"}"),
                    bytes("not JSON"),
                    new byte[0],
                    bytes("{\"ts\":\"2026-01-31T12:00:00Z\",\"prompt_tokens\":1}"),
                    bytes(GOOD.formatted(2, "last")));

            try (var processor = Processor.start(config(broker.bootstrapServers(), store.url()));
                    var api = new ApiClient(processor.httpPort())) {
                Waiting.until(
                        "all records to be done",
                        LIMIT,
                        () -> processor.stats().lag() == 0 && processor.stats().received() == 8);
                assertEquals(2, processor.stats().stored());

                assertEquals(new ApiClient.Totals(2, 3, 0, 0), api.totals());
                assertEquals(6, processor.stats().rejected());
                assertEquals(
                        Map.of(
                                1L, "too_large",
                                2L, "not_json",
                                3L, "too_large",
                                4L, "not_json",
                                5L, "not_json",
                                6L, "missing_field"),
                        reasons(broker));
                assertTrue(
                        detail(broker, 3).startsWith("record is 209715"), () -> detail(broker, 3));
                assertEquals("model is missing, it is required", detail(broker, 6));
            }
        }
    }

    @Test
    void waitsForKafkaTopicsAndStoreAndSaysSo() throws Exception {
        int brokerPort = Ports.free();
        int storePort = Ports.free();
        var config = config("127.0.0.1:" + brokerPort, "mongodb://127.0.0.1:" + storePort);
        try (var processor = Processor.start(config)) {
            awaitDetail(processor, "kafka", "waiting for Kafka at 127.0.0.1:" + brokerPort);
            awaitDetail(processor, "store", "waiting for the store");

            try (var store = EmbeddedStore.start(EmbeddedStore.Options.defaults().on(storePort));
                    var broker =
                            EmbeddedBroker.start(
                                    EmbeddedBroker.Options.defaults().on(brokerPort))) {
                awaitDetail(processor, "kafka", "waiting for topics that do not exist at ");
                createTopics(broker);
                send(broker, bytes(GOOD.formatted(1, "first")));

                Waiting.until("the event", LIMIT, () -> processor.stats().stored() == 1);
                Waiting.until("readiness", LIMIT, () -> processor.health().ready());
                assertTrue(store.port() > 0);
            }
        }
    }

    @Test
    void saysAllBadValuesAtOnce() {
        var thrown =
                Assertions.assertThrows(
                        ConfigurationException.class,
                        () ->
                                ProcessorConfig.fromEnvironment(
                                        Map.of(
                                                "BATCH_ROWS", "0",
                                                "KAFKA_BOOTSTRAP", "nowhere",
                                                "GROUP_PROTOCOL", "new")));

        assertEquals(3, thrown.errors().size());
    }

    private static ProcessorConfig config(String bootstrapServers, String storeUrl) {
        var variables = new HashMap<String, String>();
        variables.put("KAFKA_BOOTSTRAP", bootstrapServers);
        variables.put("MONGO_URL", storeUrl);
        variables.put("HTTP_PORT", "0");
        variables.put("QUERY_MAX_DAYS", "36500");
        return ProcessorConfig.fromEnvironment(variables);
    }

    private static void createTopics(EmbeddedBroker broker) {
        var large =
                Map.of(
                        "max.message.bytes", Integer.toString(2 * LARGE_BYTES),
                        "segment.bytes", Integer.toString(4 * LARGE_BYTES));
        broker.createTopics(
                List.of(
                        new NewTopic("gpu.metrics.v1", 1, (short) 1),
                        new NewTopic(TOKENS, 1, (short) 1).configs(large),
                        new NewTopic("dead.letters.v1", 1, (short) 1)));
    }

    private static void send(EmbeddedBroker broker, byte[]... values) throws Exception {
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "max.request.size",
                        2 * LARGE_BYTES);
        try (var producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (var value : values) {
                producer.send(new ProducerRecord<>(TOKENS, value)).get();
            }
        }
    }

    /** The reasons of the dead letters by their offset in their own topic. */
    private static Map<Long, String> reasons(EmbeddedBroker broker) {
        var reasons = new TreeMap<Long, String>();
        for (var letter : deadLetters(broker)) {
            reasons.put(offset(letter), header(letter, "dead_letter.reason"));
        }
        return reasons;
    }

    private static String detail(EmbeddedBroker broker, long offset) {
        return deadLetters(broker).stream()
                .filter(letter -> offset(letter) == offset)
                .map(letter -> header(letter, "dead_letter.detail"))
                .findFirst()
                .orElseThrow();
    }

    private static long offset(ConsumerRecord<byte[], byte[]> letter) {
        return Long.parseLong(header(letter, "dead_letter.offset"));
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters(EmbeddedBroker broker) {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        var partition = new TopicPartition("dead.letters.v1", 0);
        var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer =
                new KafkaConsumer<>(
                        config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end =
                    Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(letters::add);
            }
        }
        return letters;
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void awaitDetail(Processor processor, String part, String start)
            throws Exception {
        Waiting.until(
                part + ": " + start,
                LIMIT,
                () ->
                        processor.health().parts().stream()
                                .anyMatch(
                                        found ->
                                                found.name().equals(part)
                                                        && !found.up()
                                                        && found.detail().startsWith(start)));
    }
}
