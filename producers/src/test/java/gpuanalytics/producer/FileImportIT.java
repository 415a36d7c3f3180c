package gpuanalytics.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.Ports;
import gpuanalytics.event.Decoded;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sub-command import against a real broker. */
@Timeout(300)
class FileImportIT {

    private static final int PARTITIONS = 2;

    @TempDir Path directory;

    /** How an import ended. */
    private record Ended(int exitCode, String out, String err) {}

    private static Ended run(Map<String, String> environment, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code =
                FileImport.run(
                        arguments,
                        environment,
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8));
        return new Ended(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    @Test
    void publishesFilesOnceWhateverTheyAreCalledAndSaysWhatIsLost() throws IOException {
        try (var broker = EmbeddedBroker.start()) {
            broker.createTopics(PARTITIONS, "gpu.metrics.v1", "token.usage.v1");
            var kafka = Map.of("KAFKA_BOOTSTRAP", broker.bootstrapServers());
            var rows =
                    """
                    TIMESTAMP,ContextTokens,GeneratedTokens
                    2024-05-12 10:00:00+00:00,40,2
                    2024-05-12 10:00:01+00:00,50,3
                    """;
            var usages = file("code.csv", rows);
            var copy = file("renamed.csv", rows);
            var samples =
                    file(
                            "node-4.csv",
                            """
                            timestamp, index, power.draw [W]
                            2026/01/20 07:30:00.001, 1, 55.5 W
                            """);
            var damaged =
                    file(
                            "damaged.csv",
                            """
                            Timestamp,Model,Request tokens,Response tokens
                            3,GPT-4,5,6
                            4,GPT-4,\u001b[31mfive,6
                            5,GPT-4
                            """);

            var first = run(kafka, usages.toString(), samples.toString());
            var stored = identities(broker);
            var again = run(kafka, copy.toString(), samples.toString());

            assertEquals(
                    new Ended(
                            0,
                            "published 2 requests, 90 prompt and 5 completion tokens, 1 GPU"
                                    + " samples\n",
                            ""),
                    first);
            assertEquals(first, again);
            assertEquals(3, stored.size());
            assertEquals(stored, identities(broker), "a second import adds nothing");

            var lost = run(Map.of(), "--bootstrap", broker.bootstrapServers(), damaged.toString());
            assertEquals(3, lost.exitCode());
            assertTrue(lost.out().startsWith("published 1 requests, 5 prompt and 6 "), lost.out());
            assertEquals(
                    List.of(
                            "refused 1 row: bad_number, the first in line 3 of %s: Request tokens"
                                            .formatted(damaged)
                                    + " is \\u001b[31mfive, expected a number",
                            "refused 1 row: too_few_cells, the first in line 4 of %s: the row has 2"
                                            .formatted(damaged)
                                    + " of the header's 4 cells: 5,GPT-4"),
                    lost.err().lines().toList());
            assertEquals(0, run(kafka, "--lenient", damaged.toString()).exitCode());
        }
    }

    @Test
    void saysThatKafkaIsAwayOrHasNoTopics() throws IOException {
        var usages =
                file("a.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-12 10:00:00,4,2\n");
        var nowhere = "127.0.0.1:" + Ports.free();

        var away = run(Map.of(), "--wait", "1", "--bootstrap", nowhere, usages.toString());

        assertEquals(1, away.exitCode());
        assertTrue(away.err().startsWith("no Kafka answers at " + nowhere), away.err());
        assertTrue(away.err().endsWith("gave up after 1 s (--wait)\n"), away.err());
        try (var broker = EmbeddedBroker.start()) {
            var missing =
                    run(
                            Map.of("KAFKA_BOOTSTRAP", broker.bootstrapServers()),
                            "--wait",
                            "1",
                            usages.toString());
            assertEquals(1, missing.exitCode());
            assertTrue(missing.err().contains("token.usage.v1"), missing.err());
        }
    }

    @Test
    void refusesWhatCannotBeImportedBeforeAnythingIsPublished() throws IOException {
        var good =
                file("a.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-12 10:00:00,4,2\n");
        var workbook = file("b.xlsx", "PK\3\4\24\0[Content_Types].xml");
        var missing = directory.resolve("c\u001b[2J.csv");

        var ended = run(Map.of(), good.toString(), workbook.toString(), missing.toString());

        assertEquals(2, ended.exitCode());
        assertEquals("", ended.out());
        assertEquals(
                List.of(
                        workbook
                                + " is a spreadsheet (xlsx), expected CSV or JSON in UTF-8,"
                                + " plain or gzipped: export it as one of these",
                        directory + "/c\\u001b[2J.csv does not exist, expected a trace"),
                ended.err().lines().toList());
        assertEquals(2, run(Map.of("LINGER_MS", "x"), good.toString()).exitCode());
        assertEquals(2, run(Map.of()).exitCode());
        assertEquals(0, run(Map.of(), "--help").exitCode());
    }

    /** The identities of all that the topics hold. */
    private static Set<String> identities(EmbeddedBroker broker) {
        var identities = new HashSet<String>();
        var codec = new EventCodec(EventLimits.defaults());
        for (var topic : EventTopic.values()) {
            var partitions =
                    IntStream.range(0, PARTITIONS)
                            .mapToObj(number -> new TopicPartition(topic.defaultName(), number))
                            .toList();
            Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
            try (var consumer =
                    new KafkaConsumer<>(
                            config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                var ends = consumer.endOffsets(partitions);
                while (partitions.stream()
                        .anyMatch(
                                at ->
                                        consumer.position(at)
                                                < Objects.requireNonNull(ends.get(at)))) {
                    for (var record : consumer.poll(Duration.ofMillis(200))) {
                        var decoded = codec.decode(topic, record.value(), Instant.now());
                        assertTrue(decoded instanceof Decoded.Valid, decoded.toString());
                        identities.add(
                                String.valueOf(EventId.of(((Decoded.Valid) decoded).event())));
                    }
                }
            }
        }
        return identities;
    }
}
