package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.Ports;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.store.StoreLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A broker that has lost the end of a log gives its offsets to other records; a topic that is made
 * again gives them all. Every record counts once, and none is taken for another of its offset.
 */
@Execution(ExecutionMode.CONCURRENT)
class LostLogIT {

    private static final int KEPT = 100;
    private static final int LOST = 50;

    @TempDir private Path directory;

    private EmbeddedBroker.Options options;
    private EmbeddedBroker broker;
    private PipelineFixture fixture;
    private long sent;

    @BeforeEach
    void start() {
        options = EmbeddedBroker.Options.defaults().in(data()).on(Ports.free());
        broker = EmbeddedBroker.start(options);
        fixture = PipelineFixture.withTopics(broker);
    }

    @AfterEach
    void stop() {
        fixture.close();
        broker.close();
    }

    /** The log ends before what is committed, or has grown past it again. */
    @ParameterizedTest
    @CsvSource({
        "consumer, running, 30",
        "classic, running, 80",
        "consumer, away, 30",
        "consumer, away, 80"
    })
    void countsWhatComesAtTheOffsetsOfLostRecords(String protocol, String processors, int more)
            throws Exception {
        fixture.with("GROUP_PROTOCOL", protocol);
        var saved = sendAndSave(KEPT);
        var processor = Processor.start(fixture.config());
        try {
            send(LOST);
            awaitCounted();
            if (processors.equals("away")) {
                processor.close();
            }
            loseAllBehind(saved);
            send(more);
            if (processors.equals("away")) {
                processor = Processor.start(fixture.config());
            }

            awaitCounted();

            assertEquals(
                    (double) LOST, Scraped.sum(processor, "processor_position_past_end_total"));
        } finally {
            processor.close();
        }
    }

    /** The broker loses its offsets' log with the rest: nothing tells that a log was cut. */
    @Test
    void countsWhatComesAtTheOffsetsOfLostRecordsThatWereNotCommitted() throws Exception {
        var saved = sendAndSave(KEPT);
        try (var _ = Processor.start(fixture.config())) {
            send(LOST);
            awaitCounted();
        }
        commitAt(KEPT - 10);
        loseAllBehind(saved);
        send(80);

        try (var processor = Processor.start(fixture.config())) {
            awaitCounted();

            assertEquals(10, processor.stats().duplicates(), "read again");
        }
    }

    @Test
    void countsWhatComesAfterAllIsLost() throws Exception {
        var saved = sendAndSave(0);
        try (var _ = Processor.start(fixture.config())) {
            send(LOST);
            awaitCounted();
        }
        loseAllBehind(saved);
        send(20);

        try (var _ = Processor.start(fixture.config())) {
            awaitCounted();
        }
    }

    /**
     * The new log is longer each time, so that the client could go on in it at the old offset. How
     * soon that is noticed is chance; hence several rounds.
     */
    @ParameterizedTest
    @ValueSource(strings = {"consumer", "classic"})
    void countsNothingTwiceOfALongerTopicThatIsMadeAgain(String protocol) throws Exception {
        fixture.with("GROUP_PROTOCOL", protocol);
        try (var _ = Processor.start(fixture.config())) {
            for (int round = 1; round <= 4; round++) {
                send(50 * round);
                awaitCounted();
                fixture.makeTokenTopicAgain();
            }
            send(500);
            awaitCounted();
        }
    }

    /** Sends records and saves the log with them. */
    private Path sendAndSave(int records) throws Exception {
        send(records);
        broker.close();
        var saved = directory.resolve("saved");
        copy(log(), saved);
        broker = EmbeddedBroker.start(options);
        return saved;
    }

    private void loseAllBehind(Path saved) throws IOException {
        broker.close();
        delete(log());
        copy(saved, log());
        broker = EmbeddedBroker.start(options);
    }

    private Path data() {
        return directory.resolve("kafka");
    }

    private Path log() {
        return data().resolve(fixture.tokenTopic() + "-0");
    }

    /** Half of them have an identity of their own. */
    private void send(int records) {
        try (var now = fixture.at(broker)) {
            for (int i = 0; i < records; i++) {
                var usage =
                        TokenUsage.builder()
                                .set(TokenUsage.TS, Instant.parse("2026-01-31T12:00:00Z"))
                                .set(TokenUsage.MODEL, "llama")
                                .set(TokenUsage.PROMPT_TOKENS, 1L);
                sent++;
                if (i % 2 == 0) {
                    usage.set(TokenUsage.REQUEST_ID, "request-" + sent);
                }
                now.send(EventTopic.TOKEN_USAGE, 0, EventLedger.encode(usage.build()));
            }
            now.flush();
        }
    }

    private void commitAt(long offset) throws Exception {
        var partition = new TopicPartition(fixture.tokenTopic(), 0);
        try (var now = fixture.at(broker)) {
            var committed =
                    Objects.requireNonNull(
                            now.admin()
                                    .listConsumerGroupOffsets(fixture.groupId())
                                    .partitionsToOffsetAndMetadata()
                                    .get()
                                    .get(partition));
            now.admin()
                    .alterConsumerGroupOffsets(
                            fixture.groupId(),
                            Map.of(
                                    partition,
                                    new OffsetAndMetadata(
                                            offset, committed.leaderEpoch(), committed.metadata())))
                    .all()
                    .get();
        }
    }

    private void awaitCounted() throws Exception {
        try (var now = fixture.at(broker)) {
            now.awaitCommitted();
        }
        var database = fixture.database();
        assertEquals(sent, database.getCollection(StoreLayout.TOKEN_USAGE).countDocuments(), "raw");
        for (var rollups : List.of(StoreLayout.TOKEN_MINUTE, StoreLayout.TOKEN_HOUR)) {
            var requests = 0L;
            for (var rollup : database.getCollection(rollups).find()) {
                requests += rollup.getLong("requests");
            }
            assertEquals(sent, requests, rollups);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
