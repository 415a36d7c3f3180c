package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.processor.store.StoreLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code make backup LIVE=yes} takes, in its order, by the scripts that it runs in the
 * broker's pod: the group's offsets, the store as it is at a moment in the midst of the processor's
 * work, the broker's log while it is written to. Put back, every event that the broker held counts
 * once.
 */
@Execution(ExecutionMode.CONCURRENT)
class LiveBackupIT {

    private static final Path SCRIPTS = Path.of("..", "scripts", "k8s", "in-pod");
    private static final int SCRIPT_S = 60;
    private static final int SENT = 400;

    @TempDir private Path directory;

    private final int port = Ports.free();

    /** The moment is before this write of the processor to the store. */
    @ParameterizedTest
    @ValueSource(ints = {2, 9})
    void everyEventThatTheBrokerHeldCountsOnce(int write) throws Exception {
        var broker = broker("before");
        try (var faults = FaultyStore.beforeShared();
                var fixture = PipelineFixture.withTopics(broker, faults)) {
            fixture.with("BATCH_ROWS", "40");
            var ledger = new EventLedger(write);
            Map<TopicPartition, Long> offsets;
            Map<String, List<RawBsonDocument>> dump;
            List<String> held;
            try (var _ = Processor.start(fixture.config())) {
                fixture.sendAll(ledger, 100);
                fixture.awaitCommitted();

                offsets = committed(fixture);
                dump = dumpBefore(write, fixture, faults, ledger);
                fixture.sendAll(ledger, 100);
                fixture.awaitCommitted();
                held = script("before", "kafka-hold.sh", "data");
                held.addAll(script("before", "kafka-hold.sh", "quorum"));
                fixture.sendAll(new EventLedger(write + 1000), 50); // no longer in the backup
                pack(held);
            } finally {
                broker.close();
            }
            fixture.database().drop();

            broker = putBack(held);
            try (var now = fixture.at(broker)) {
                assertTrue(sum(committed(now)) > sum(offsets), "the copy's offsets are later");
                assertTrue(raw(dump) < SENT, "the dump lacks events");
                dump.forEach((name, found) -> insert(fixture, name, found));
                Waiting.until(
                        "the group to be empty",
                        PipelineFixture.LIMIT,
                        () -> setBack(now, offsets));
                try (var processor = Processor.start(fixture.config())) {
                    now.awaitCommitted();
                    ledger.assertMatches(fixture.database());
                    now.sendAll(ledger, 50);
                    now.awaitCommitted();
                    assertEquals(0, processor.stats().rejected());
                }
                ledger.assertMatches(fixture.database());
            }
        } finally {
            broker.close();
        }
    }

    private static long sum(Map<TopicPartition, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }

    private static int raw(Map<String, List<RawBsonDocument>> dump) {
        return Stream.of(StoreLayout.GPU_METRICS, StoreLayout.TOKEN_USAGE)
                .mapToInt(name -> dump.getOrDefault(name, List.of()).size())
                .sum();
    }

    private static Map<TopicPartition, Long> committed(PipelineFixture fixture) throws Exception {
        var offsets = new HashMap<TopicPartition, Long>();
        fixture.ends().keySet().forEach(partition -> offsets.put(partition, 0L));
        fixture.admin()
                .listConsumerGroupOffsets(fixture.groupId())
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, mark) -> offsets.put(partition, mark.offset()));
        return offsets;
    }

    /** Sends events, and takes what is stored before the processor's next write but so many. */
    private static Map<String, List<RawBsonDocument>> dumpBefore(
            int write, PipelineFixture fixture, FaultyStore faults, EventLedger ledger)
            throws Exception {
        var goOn = new CountDownLatch(1);
        var writes = new AtomicInteger();
        faults.rule(
                command ->
                        isWrite(command) && writes.incrementAndGet() >= write
                                ? new Fault.Held(goOn)
                                : null);
        try {
            fixture.sendAll(ledger, 200);
            Waiting.until(
                    "the processor to write", PipelineFixture.LIMIT, () -> writes.get() >= write);
            // What came before may still be under way.
            var found = new HashMap<String, List<RawBsonDocument>>();
            Waiting.until(
                    "the store to hold still",
                    PipelineFixture.LIMIT,
                    () -> {
                        var before = Map.copyOf(found);
                        found.clear();
                        found.putAll(stored(fixture));
                        return found.equals(before);
                    });
            return found;
        } finally {
            goOn.countDown();
        }
    }

    private static boolean isWrite(FaultyStore.Command command) {
        return command.name().equals("insert") || command.name().equals("update");
    }

    private static Map<String, List<RawBsonDocument>> stored(PipelineFixture fixture) {
        var found = new TreeMap<String, List<RawBsonDocument>>();
        var database = fixture.database();
        for (var name : database.listCollectionNames()) {
            var documents =
                    database.getCollection(name, RawBsonDocument.class)
                            .find()
                            .into(new ArrayList<>());
            if (!documents.isEmpty()) {
                found.put(name, documents);
            }
        }
        return found;
    }

    private static void insert(
            PipelineFixture fixture, String name, List<RawBsonDocument> documents) {
        fixture.database().getCollection(name, RawBsonDocument.class).insertMany(documents);
    }

    /** Whether it was done: not as long as the group has members of the time of the backup. */
    private static boolean setBack(PipelineFixture fixture, Map<TopicPartition, Long> offsets)
            throws Exception {
        var marks = new HashMap<TopicPartition, OffsetAndMetadata>();
        offsets.forEach((partition, offset) -> marks.put(partition, new OffsetAndMetadata(offset)));
        try {
            fixture.admin().alterConsumerGroupOffsets(fixture.groupId(), marks).all().get();
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private EmbeddedBroker broker(String node) {
        return EmbeddedBroker.start(
                EmbeddedBroker.Options.defaults()
                        .in(directory.resolve(node).resolve("kraft"))
                        .on(port));
    }

    private void pack(List<String> held) throws Exception {
        var names = held.stream().map(LiveBackupIT::path).toList();
        Files.write(directory.resolve("before").resolve(".backup").resolve("send"), names);
        run("before", directory.resolve("archive"), null, "kafka-pack.sh");
    }

    private static String path(String line) {
        return line.substring(line.lastIndexOf(' ') + 1);
    }

    /** A broker with what was held; of the server's other files it has none. */
    private EmbeddedBroker putBack(List<String> held) throws Exception {
        var node = Files.createDirectories(directory.resolve("after"));
        var list = Files.write(directory.resolve("held"), held);
        var unpacked =
                new ProcessBuilder(
                                "tar",
                                "-C",
                                node.toString(),
                                "-xzf",
                                directory.resolve("archive").toString())
                        .start();
        assertEquals(0, unpacked.waitFor());
        run("after", directory.resolve("settled"), list, "kafka-settle.sh");
        assertFalse(Files.exists(node.resolve("kraft").resolve(".kafka_cleanshutdown")));
        return broker("after");
    }

    private List<String> script(String node, String... words) throws Exception {
        var output = directory.resolve("output");
        run(node, output, null, words);
        return new ArrayList<>(Files.readAllLines(output, UTF_8));
    }

    private void run(String node, Path output, @Nullable Path input, String... words)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("bash", SCRIPTS.resolve(words[0]).toString()));
        command.addAll(List.of(words).subList(1, words.length));
        var errors = directory.resolve("errors");
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
        if (input != null) {
            builder.redirectInput(input.toFile());
        }
        builder.environment().put("KAFKA_DATA", directory.resolve(node).toString());
        builder.environment().put("VOLUME", directory.resolve(node).toString());
        var process = builder.start();
        assertTrue(process.waitFor(SCRIPT_S, TimeUnit.SECONDS), words[0] + " takes too long");
        assertEquals(0, process.exitValue(), Files.readString(errors));
    }
}
