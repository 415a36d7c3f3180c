package gpuanalytics.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker.Options;
import gpuanalytics.embedded.testing.Waiting;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void keepsRecordsAndCommittedOffsetsOverARestart(@TempDir Path directory) throws Exception {
        var options = Options.defaults().in(directory);
        try (var broker = EmbeddedBroker.start(options)) {
            broker.createTopics(1, "events");
            send(broker, "first");
            send(broker, "second");
            assertEquals(List.of("first", "second"), readAndCommit(broker, 2));
        }

        try (var broker = EmbeddedBroker.start(options)) {
            broker.createTopics(1, "events");
            send(broker, "third");

            assertEquals(List.of("third"), readAndCommit(broker, 1));
        }
    }

    @Test
    void listensOnTheGivenPort() throws Exception {
        int port = Ports.free();

        try (var broker = EmbeddedBroker.start(Options.defaults().on(port))) {
            assertEquals("127.0.0.1:" + port, broker.bootstrapServers());
            broker.createTopics(2, "events");
            try (var admin = broker.admin()) {
                assertTrue(admin.listTopics().names().get().contains("events"));
            }
        }
    }

    @Test
    void saysThatItsPortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var options = Options.defaults().on(taken.getLocalPort());

            var thrown =
                    assertThrows(IllegalStateException.class, () -> EmbeddedBroker.start(options));

            assertEquals(
                    "port %d is taken, expected a free one for the broker"
                            .formatted(taken.getLocalPort()),
                    thrown.getMessage());
        }
    }

    @Test
    void dropsOldSegmentsOnceALogIsLongerThanItsRetention(@TempDir Path directory)
            throws Exception {
        var options = Options.defaults().in(directory).keeping(1 << 20, Duration.ofHours(1));
        try (var broker = EmbeddedBroker.start(options)) {
            broker.createTopics(1, "events");
            for (int i = 0; i < 8; i++) {
                send(broker, "x".repeat(900_000));
            }

            Waiting.until(
                    "the log to shrink",
                    Duration.ofSeconds(60),
                    () -> segments(directory.resolve("events-0")) <= 3);
        }
    }

    @Test
    void removesItsTemporaryDirectory() {
        var broker = EmbeddedBroker.start();
        var directory = broker.directory();
        assertTrue(Files.isDirectory(directory));

        broker.close();

        assertFalse(Files.exists(directory));
    }

    private static int segments(Path partition) throws Exception {
        try (var files = Files.list(partition)) {
            return (int) files.filter(file -> file.toString().endsWith(".log")).count();
        }
    }

    private static void send(EmbeddedBroker broker, String value) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("events", value)).get();
        }
    }

    private static List<String> readAndCommit(EmbeddedBroker broker, int count) {
        Map<String, Object> config =
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "group.id", "test",
                        "group.protocol", "consumer",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false");
        var values = new ArrayList<String>();
        try (var consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("events"));
            var deadline = System.nanoTime() + LIMIT.toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(got -> values.add(got.value()));
            }
            consumer.commitSync();
        }
        return values;
    }
}
