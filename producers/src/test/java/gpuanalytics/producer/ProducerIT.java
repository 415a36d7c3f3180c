package gpuanalytics.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.CpuUse;
import gpuanalytics.event.Decoded;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.service.config.ConfigurationException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A whole producer against a real broker. */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
class ProducerIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int PARTITIONS = 4;
    private static final int SHARDS = 12;

    @TempDir Path directory;

    /** A condition that may throw. */
    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private static void await(String what, Condition condition)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < deadline, "not within " + LIMIT + ": " + what);
            Thread.sleep(20);
        }
    }

    private static void createTopics(EmbeddedBroker broker) {
        broker.createTopics(PARTITIONS, "gpu.metrics.v1", "token.usage.v1");
        broker.createTopics(SHARDS, "producers.shards");
    }

    private static Producer start(EmbeddedBroker broker, Map<String, String> environment) {
        var all =
                new HashMap<>(
                        Map.of(
                                "KAFKA_BOOTSTRAP", broker.bootstrapServers(),
                                "HTTP_PORT", "0",
                                "OUTAGE_AFTER_MS", "500"));
        all.putAll(environment);
        return Producer.start(ProducerConfig.fromEnvironment(all));
    }

    private Map<String, String> replay(int rows) throws IOException {
        var trace = new StringBuilder("TIMESTAMP,ContextTokens,GeneratedTokens\r\n");
        for (int row = 0; row < rows; row++) {
            trace.append(
                    "2023-11-16 18:%02d:%02d.%07d,%d,7\r\n"
                            .formatted(row / 60 % 60, row % 60, row, row % 1000));
        }
        var file = Files.writeString(directory.resolve("trace.csv"), trace);
        return Map.of("SOURCE", "replay", "REPLAY_SPEED", "max", "REPLAY_FILES", file.toString());
    }

    private static List<Event> published(EmbeddedBroker broker) {
        var codec = new EventCodec(EventLimits.defaults());
        var events = new ArrayList<Event>();
        for (var topic : EventTopic.values()) {
            try (var consumer =
                    new KafkaConsumer<>(
                            Map.of("bootstrap.servers", broker.bootstrapServers()),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer())) {
                var partitions =
                        consumer.partitionsFor(topic.defaultName()).stream()
                                .map(p -> new TopicPartition(p.topic(), p.partition()))
                                .toList();
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                var ends = consumer.endOffsets(partitions);
                while (ends.entrySet().stream()
                        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                    for (var record : consumer.poll(Duration.ofMillis(200))) {
                        var decoded =
                                codec.decode(
                                        topic,
                                        record.value(),
                                        Instant.ofEpochMilli(record.timestamp()));
                        if (!(decoded instanceof Decoded.Valid valid)) {
                            throw new AssertionError(decoded);
                        }
                        var gpu = valid.event().gpu();
                        assertEquals(
                                gpu != null ? gpu.key() : EventId.of(valid.event()),
                                new String(record.key(), UTF_8));
                        events.add(valid.event());
                    }
                }
            }
        }
        return events;
    }

    private static HttpResponse<String> http(
            Producer producer, String method, String path, String body)
            throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:%d%s"
                                                    .formatted(producer.httpPort(), path)))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static HttpResponse<String> get(Producer producer, String path)
            throws IOException, InterruptedException {
        return http(producer, "GET", path, "");
    }

    private static Set<Object> gpus(List<Event> events) {
        return events.stream().map(Event::gpu).collect(Collectors.toSet());
    }

    private static double number(String json, String field) {
        var after = json.substring(json.indexOf("\"" + field + "\":") + field.length() + 3);
        return Double.parseDouble(after.split("[,}]", 2)[0]);
    }

    @Test
    void aReplayThatHasLostRowsEndsWith3UnlessItMay() throws Exception {
        var trace =
                Files.writeString(
                        directory.resolve("damaged.csv"),
                        """
                        TIMESTAMP,ContextTokens,GeneratedTokens
                        2023-11-16 18:17:03,1,2
                        2023-11-16 18:17:04,1
                        """);
        try (var broker = EmbeddedBroker.start()) {
            createTopics(broker);
            for (var lenient : List.of(false, true)) {
                var environment =
                        Map.of(
                                "SOURCE",
                                "replay",
                                "REPLAY_FILES",
                                trace.toString(),
                                "REPLAY_SPEED",
                                "max",
                                "REPLAY_LENIENT",
                                lenient.toString());
                try (var producer = start(broker, environment)) {
                    assertTrue(producer.awaitEnd(LIMIT), "ends by itself");
                    assertEquals(lenient ? 0 : 3, producer.exitCode());
                    assertEquals(1, producer.totals().requests());
                    assertEquals("too_few_cells", producer.refusedRows().getFirst().reason());
                }
            }
        }
    }

    @Test
    void aReplayEndsWhenAllOfItIsAcknowledged() throws Exception {
        var environment = replay(5000);
        try (var broker = EmbeddedBroker.start()) {
            createTopics(broker);
            try (var producer = start(broker, environment)) {
                assertTrue(producer.awaitEnd(LIMIT));

                var totals = producer.totals();
                assertEquals(5000, totals.requests());
                assertEquals(5 * 499_500, totals.promptTokens());
                assertEquals(35_000, totals.completionTokens());
                assertEquals(Map.of(), totals.droppedRows());
                assertEquals(java.util.Optional.empty(), producer.failure());
            }
            assertEquals(5000, published(broker).size());

            // a second replay gives the same identities
            try (var producer = start(broker, environment)) {
                assertTrue(producer.awaitEnd(LIMIT));
            }
            var events = published(broker);
            assertEquals(10_000, events.size());
            assertEquals(5000, new HashSet<>(events.stream().map(EventId::of).toList()).size());
        }
    }

    @Test
    void waitsForKafkaAndForTopicsAndSaysSo() throws Exception {
        int port = Ports.free();
        var address = "127.0.0.1:" + port;
        var environment = new HashMap<>(replay(10));
        environment.put("KAFKA_BOOTSTRAP", address);
        environment.put("HTTP_PORT", "0");
        try (var producer = Producer.start(ProducerConfig.fromEnvironment(environment))) {
            await(
                    "says that Kafka is away",
                    () ->
                            get(producer, "/health")
                                    .body()
                                    .contains("no Kafka answers at " + address));
            assertEquals(503, get(producer, "/health/ready").statusCode());
            assertEquals(200, get(producer, "/health/live").statusCode());

            try (var broker = EmbeddedBroker.start(EmbeddedBroker.Options.defaults().on(port))) {
                await(
                        "says that topics are missing",
                        () -> get(producer, "/health").body().contains("does not exist"));
                createTopics(broker);

                assertTrue(producer.awaitEnd(LIMIT));
                assertEquals(10, published(broker).size());
                assertEquals(200, get(producer, "/health/ready").statusCode());
            }
        }
    }

    @Test
    @SuppressWarnings("try") // closed early: what is flushed at the end counts
    void anOutageLosesAndRepeatsNothing() throws Exception {
        var options =
                EmbeddedBroker.Options.defaults().in(directory.resolve("kafka")).on(Ports.free());
        var broker = EmbeddedBroker.start(options);
        createTopics(broker);
        try (var producer = start(broker, Map.of("RATE", "500", "SEED", "1"))) {
            await("publishes", () -> producer.totals().requests() > 200);

            broker.close();
            await(
                    "says that Kafka is away",
                    () -> get(producer, "/health").body().contains("no acknowledgement from"));
            var before = producer.totals();
            broker = EmbeddedBroker.start(options);
            await(
                    "goes on by itself",
                    () ->
                            producer.totals().requests() > before.requests() + 500
                                    && get(producer, "/health/ready").statusCode() == 200);

            producer.close();
            var totals = producer.totals();
            var events = published(broker);
            assertEquals(totals.requests() + totals.samples(), events.size());
            assertEquals(
                    events.size(), new HashSet<>(events.stream().map(EventId::of).toList()).size());
        } finally {
            broker.close();
        }
    }

    /** Before there is a broker, and while events wait for one that was there. */
    @Test
    void usesUnderATenthOfACoreWhileKafkaIsAway() throws Exception {
        var options =
                EmbeddedBroker.Options.defaults().in(directory.resolve("kafka")).on(Ports.free());
        var environment =
                Map.of(
                        "KAFKA_BOOTSTRAP", "127.0.0.1:" + options.port(),
                        "HTTP_PORT", "0",
                        "OUTAGE_AFTER_MS", "500",
                        "RATE", "20",
                        "FLEET_GPUS", "8");
        var cpu = new CpuUse("producers");
        try (var producer =
                cpu.start(() -> Producer.start(ProducerConfig.fromEnvironment(environment)))) {
            awaitHealth(producer, "no Kafka answers at ");
            cpu.assertWaits();
            try (var broker = EmbeddedBroker.start(options)) {
                createTopics(broker);
                await("publishes", () -> producer.totals().requests() > 20);
            }
            awaitHealth(producer, "no acknowledgement from");
            cpu.assertWaits();
        }
    }

    private static void awaitHealth(Producer producer, String detail) throws Exception {
        await("says: " + detail, () -> get(producer, "/health").body().contains(detail));
    }

    @Test
    void replicasShareTheRateAndTheFleet() throws Exception {
        var environment = Map.of("RATE", "120", "FLEET_GPUS", "24", "SEED", "1");
        try (var broker = EmbeddedBroker.start()) {
            createTopics(broker);
            try (var one = start(broker, environment)) {
                await("one runs all", () -> share(one) > 119.9);
                try (var two = start(broker, environment);
                        var three = start(broker, environment)) {
                    await(
                            "each runs a third",
                            () ->
                                    Math.abs(share(one) - 40) < 0.01
                                            && Math.abs(share(two) - 40) < 0.01
                                            && Math.abs(share(three) - 40) < 0.01);

                    var changed = http(two, "PUT", "/rate", "{\"rate\": 600}");

                    assertEquals(200, changed.statusCode(), changed.body());
                    await(
                            "all follow the new rate",
                            () ->
                                    Math.abs(share(one) - 200) < 0.01
                                            && Math.abs(share(two) - 200) < 0.01
                                            && Math.abs(share(three) - 200) < 0.01);
                }
                await("one runs all again, at the new rate", () -> share(one) > 599.9);
                assertEquals(600, number(get(one, "/rate").body(), "rate"));
                await("every GPU has reported", () -> gpus(published(broker)).size() == 24);
            }
            var events = published(broker);
            assertEquals(24, gpus(events).size());
            assertEquals(
                    events.size(), new HashSet<>(events.stream().map(EventId::of).toList()).size());
        }
    }

    private static double share(Producer producer) throws IOException, InterruptedException {
        return number(get(producer, "/rate").body(), "share");
    }

    @Test
    void waitsForTheShardsTopicAndSaysSo() throws Exception {
        try (var broker = EmbeddedBroker.start()) {
            broker.createTopics(PARTITIONS, "gpu.metrics.v1", "token.usage.v1");
            try (var producer = start(broker, Map.of())) {
                await(
                        "says what is missing",
                        () ->
                                get(producer, "/health")
                                        .body()
                                        .contains("topic producers.shards does not exist"));
                var early = http(producer, "PUT", "/rate", "100");
                assertEquals(503, early.statusCode(), early.body());

                createTopics(broker);

                await("publishes", () -> producer.totals().requests() > 0);
            }
        }
    }

    @Test
    void aRecordTooLargeIsCountedAndTheNextOnesGoOn() throws Exception {
        var gpus =
                "[{\"name\":\"%s\",\"host\":\"%s\"},{\"name\":\"L4\",\"host\":\"b\"}]"
                        .formatted("x".repeat(500), "a".repeat(500));
        try (var broker = EmbeddedBroker.start()) {
            createTopics(broker);
            try (var producer =
                    start(
                            broker,
                            Map.of("GPU_SEED", gpus, "MAX_RECORD_BYTES", "1 KiB", "RATE", "20"))) {
                await(
                        "refuses some and publishes others",
                        () ->
                                producer.totals().failed().getOrDefault(EventTopic.GPU_METRICS, 0L)
                                                > 0
                                        && producer.totals().samples() > 0);
                assertEquals(java.util.Optional.empty(), producer.failure());
                assertTrue(
                        get(producer, "/metrics")
                                .body()
                                .contains(
                                        "producer_records_failed_total{source=\"synthetic\",topic=\"gpu.metrics.v1\"}"));
            }
        }
    }

    @Test
    @SuppressWarnings("try") // closed early: what is flushed at the end counts
    void aSourceThatEndsIsSeenAndTheOthersGoOn() throws Exception {
        var environment = new HashMap<>(replay(50));
        environment.remove("SOURCE");
        environment.put("SOURCES", "synthetic,replay");
        environment.put("RATE", "200");
        try (var broker = EmbeddedBroker.start()) {
            createTopics(broker);
            try (var producer = start(broker, environment)) {
                await(
                        "the replay has ended",
                        () ->
                                get(producer, "/health")
                                        .body()
                                        .contains("has ended: 0 samples, 50 usages with Kafka"));
                var before = producer.totalsBySource();
                await(
                        "the simulation goes on",
                        () ->
                                requests(producer, SourceKind.SYNTHETIC)
                                        > 20 + requests(before, SourceKind.SYNTHETIC));

                assertEquals(50, requests(producer, SourceKind.REPLAY));
                await("it is ready", () -> get(producer, "/health/ready").statusCode() == 200);
                assertFalse(producer.awaitEnd(Duration.ZERO));
                var metrics = get(producer, "/metrics").body();
                assertTrue(
                        metrics.contains(
                                "producer_records_sent_total{source=\"replay\",topic=\"token.usage.v1\"}"
                                    + " 50"),
                        metrics);
                producer.close();
                var totals = producer.totals();
                assertEquals(totals.samples() + totals.requests(), published(broker).size());
            }
        }
    }

    @Test
    void aSourceThatFailsIsSeenAndTheOthersGoOn() throws Exception {
        try (var broker = EmbeddedBroker.start()) {
            createTopics(broker);
            var valid =
                    ProducerConfig.fromEnvironment(
                            Map.of("KAFKA_BOOTSTRAP", broker.bootstrapServers(), "HTTP_PORT", "0"));
            SourceConfig failing = (_, _) -> Feed.of(new FailingSource(), 1);
            var sources = new HashMap<>(valid.sources());
            sources.put(SourceKind.REPLAY, failing);
            try (var producer =
                    Producer.start(
                            new ProducerConfig(
                                    valid.kafka(), sources, valid.doors(), valid.http()))) {
                await(
                        "the failure is told",
                        () -> get(producer, "/health").body().contains("failed: java.lang"));
                await("the simulation publishes", () -> producer.totals().requests() > 0);

                assertEquals(503, get(producer, "/health/ready").statusCode());
                assertEquals(200, get(producer, "/health/live").statusCode());
                assertTrue(
                        get(producer, "/metrics")
                                .body()
                                .contains("producer_source_up{source=\"replay\"} 0"));
                assertFalse(producer.awaitEnd(Duration.ZERO));
                assertTrue(producer.failure().isPresent());
            }
        }
    }

    /** Fails when it is asked for the first time. */
    private static final class FailingSource implements EventSource {

        @Override
        public boolean ended() {
            return false;
        }

        @Override
        public Instant nextDue(Instant now) {
            throw new IllegalStateException("thrown by the test");
        }

        @Override
        public List<Event> take(Instant now, int max) {
            return List.of();
        }
    }

    private static long requests(Producer producer, SourceKind kind) {
        return requests(producer.totalsBySource(), kind);
    }

    private static long requests(Map<SourceKind, Totals> totals, SourceKind kind) {
        return Objects.requireNonNull(totals.get(kind)).requests();
    }

    @Test
    void refusesAPortThatIsTaken() throws Exception {
        try (var broker = EmbeddedBroker.start();
                var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            var port = Integer.toString(taken.getLocalPort());

            var failure =
                    assertThrows(
                            ConfigurationException.class,
                            () -> start(broker, Map.of("HTTP_PORT", port)));

            assertEquals(
                    List.of(
                            "HTTP_PORT is %s, expected a free port of 127.0.0.1 (HTTP_HOST; 0 takes"
                                            .formatted(port)
                                    + " one): Address already in use"),
                    failure.errors());
        }
    }

    @Test
    void closesInTimeWhileKafkaIsAway() throws Exception {
        var environment = new HashMap<>(replay(10));
        environment.put("KAFKA_BOOTSTRAP", "127.0.0.1:1");
        environment.put("HTTP_PORT", "0");
        var producer = Producer.start(ProducerConfig.fromEnvironment(environment));

        producer.close();

        assertTrue(producer.awaitEnd(LIMIT));
    }
}
