package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.write.LargeUsage;
import gpuanalytics.service.health.HealthReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes on around the processor stops it at most for a while and costs no event. */
@Execution(ExecutionMode.CONCURRENT)
class PipelineFaultsIT {

    private static final Duration LIMIT = PipelineFixture.LIMIT;
    private static final int TWENTY_MB = 20_000_000;

    @Test
    void waitsForAStoreThatGoesAwayAndGoesOn() throws Exception {
        try (var faults = FaultyStore.beforeShared();
                var fixture = PipelineFixture.behind(faults)) {
            fixture.with("BATCH_ROWS", "50");
            var ledger = new EventLedger(11);
            fixture.sendAll(ledger, 200);
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();

                faults.vanish();
                fixture.sendAll(ledger, 500);
                Waiting.until(
                        "the store to be missed", LIMIT, () -> !part(processor, "store").up());
                assertFalse(processor.health().ready());
                assertTrue(processor.health().live());
                faults.comeBack();
                fixture.awaitCommitted();

                Waiting.until("the store to be well", LIMIT, () -> processor.health().ready());
                assertEquals(0, processor.stats().rejected());
            }
            ledger.assertMatches(fixture.database());
        }
    }

    @Test
    void waitsForAStoreThatIsNotThereYet() throws Exception {
        try (var faults = FaultyStore.beforeShared();
                var fixture = PipelineFixture.behind(faults)) {
            faults.vanish();
            var ledger = new EventLedger(12);
            fixture.sendAll(ledger, 50);
            try (var processor = Processor.start(fixture.config())) {
                Waiting.until(
                        "the store to be missed",
                        LIMIT,
                        () ->
                                part(processor, "store")
                                        .detail()
                                        .startsWith("waiting for the store: making indexes"));

                faults.comeBack();
                fixture.awaitCommitted();
            }
            ledger.assertMatches(fixture.database());
        }
    }

    @Test
    void endsAtOnceWhileItWaitsForTheStore() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("MONGO_URL", "mongodb://127.0.0.1:" + Ports.free());
            var processor = Processor.start(fixture.config());
            Waiting.until(
                    "the store to be missed",
                    LIMIT,
                    () -> part(processor, "store").detail().contains("making indexes"));

            processor.close();

            assertTrue(processor.failure().isEmpty());
        }
    }

    @Test
    void keepsItsMembershipAndItsMemoryWhileTheStoreIsSlow() throws Exception {
        try (var faults = FaultyStore.beforeShared();
                var fixture = PipelineFixture.behind(faults)) {
            fixture.with("BATCH_ROWS", "100").with("BUFFER_BYTES", "1 MiB");
            var ledger = new EventLedger(13);
            fixture.sendAll(ledger, 6000);
            faults.rule(c -> c.name().equals("insert") ? new Fault.Slow(200) : null);
            try (var processor = Processor.start(fixture.config())) {
                var largest = new long[1];
                Waiting.until(
                        "half to be stored",
                        LIMIT,
                        () -> {
                            largest[0] = Math.max(largest[0], processor.bytesUnderWay());
                            return processor.stats().stored() > 3000;
                        });
                faults.rule(_ -> null);
                fixture.awaitCommitted();

                assertEquals(6000, processor.stats().received(), "read once: it kept its member");
                // What one poll brings may come on top.
                assertTrue(largest[0] < 2 << 20, "under way: " + largest[0]);
            }
            ledger.assertMatches(fixture.database());
        }
    }

    /** What the broker says of its ends is up to a second old; what is read is known at once. */
    @Test
    void itsLagIsNeverLessThanWhatIsReadAndNotStored() throws Exception {
        try (var faults = FaultyStore.beforeShared();
                var fixture = PipelineFixture.behind(faults)) {
            var held = new CountDownLatch(1);
            faults.rule(c -> c.name().equals("insert") ? new Fault.Held(held) : null);
            try (var processor = Processor.start(fixture.config())) {
                Waiting.until("no lag", LIMIT, () -> processor.stats().lag() == 0);
                fixture.sendAll(new EventLedger(13), 50);

                Waiting.until("records", LIMIT, () -> processor.stats().received() > 0);
                var received = processor.stats().received();
                var later = processor.stats();
                assertEquals(0, later.stored());
                assertTrue(later.lag() >= received, received + " received, then " + later);
                held.countDown(); // or its end waits for the store
            } finally {
                held.countDown();
            }
        }
    }

    @Test
    void saysWhichTopicsItWaitsFor() throws Exception {
        try (var fixture = PipelineFixture.withoutTopics();
                var processor = Processor.start(fixture.config())) {
            Waiting.until(
                    "the topics to be missed",
                    LIMIT,
                    () -> part(processor, "kafka").detail().contains("do not exist"));
            var detail = part(processor, "kafka").detail();
            assertTrue(detail.contains(fixture.metricTopic()), detail);
            assertTrue(detail.contains(fixture.tokenTopic()), detail);
            assertTrue(detail.contains(fixture.deadLetterTopic()), detail);

            fixture.createTopics();
            var ledger = new EventLedger(14);
            fixture.sendAll(ledger, 50);
            fixture.awaitCommitted();

            ledger.assertMatches(fixture.database());
            Waiting.until("Kafka to be well", LIMIT, () -> part(processor, "kafka").up());
        }
    }

    @Test
    void waitsForABrokerThatIsNotThereYetAndSurvivesItsRestart(@TempDir Path directory)
            throws Exception {
        var options = EmbeddedBroker.Options.defaults().in(directory).on(Ports.free());
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("KAFKA_BOOTSTRAP", "127.0.0.1:" + options.port());
            try (var processor = Processor.start(fixture.config())) {
                Waiting.until(
                        "the broker to be missed",
                        LIMIT,
                        () ->
                                part(processor, "kafka")
                                        .detail()
                                        .startsWith("waiting for Kafka at 127.0.0.1:"));
                var ledger = new EventLedger(15);
                try (var late = EmbeddedBroker.start(options);
                        var there = fixture.at(late)) {
                    there.createTopics();
                    there.sendAll(ledger, 100);
                    there.awaitCommitted();
                }
                try (var late = EmbeddedBroker.start(options);
                        var there = fixture.at(late)) {
                    there.sendAll(ledger, 100);
                    there.awaitCommitted();
                    ledger.assertMatches(fixture.database());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"consumer", "classic"})
    void totalsHoldWhileMembersComeAndGo(String protocol) throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("GROUP_PROTOCOL", protocol).with("BATCH_ROWS", "50");
            var ledger = new EventLedger(16);
            try (var first = Processor.start(fixture.config())) {
                fixture.sendAll(ledger, 300);
                for (int round = 0; round < 3; round++) {
                    try (var second = Processor.start(fixture.config())) {
                        Waiting.until(
                                "the second to have partitions",
                                LIMIT,
                                () -> second.assignedPartitions() > 0);
                        fixture.sendAll(ledger, 300);
                        Waiting.until(
                                "the second to read", LIMIT, () -> second.stats().received() > 0);
                    }
                    fixture.sendAll(ledger, 100);
                }
                fixture.awaitCommitted();
                assertEquals(0, first.stats().rejected());
            }
            ledger.assertMatches(fixture.database());
        }
    }

    /** Without identities of their own, only the topic's id keeps new offsets from old ones. */
    @ParameterizedTest
    @ValueSource(strings = {"consumer", "classic"})
    void swallowsNothingOfATopicThatIsMadeAgain(String protocol) throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("GROUP_PROTOCOL", protocol);
            try (var processor = Processor.start(fixture.config())) {
                sendAnonymous(fixture, 100);
                fixture.awaitCommitted();

                fixture.makeTokenTopicAgain();
                sendAnonymous(fixture, 60);
                Waiting.until(
                        "the new ones to be stored",
                        LIMIT,
                        () -> processor.stats().stored() == 160);
                fixture.awaitCommitted();
            }
            var requests = 0L;
            for (var hour : fixture.database().getCollection(StoreLayout.TOKEN_HOUR).find()) {
                requests += hour.getLong("requests");
            }
            assertEquals(160, requests);
        }
    }

    @Test
    void beginsAtTheStartOfATopicThatWasMadeAgainWhileItWasAway() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            try (var processor = Processor.start(fixture.config())) {
                sendAnonymous(fixture, 100);
                fixture.awaitCommitted();
                assertEquals(100, processor.stats().stored());
            }
            fixture.makeTokenTopicAgain();
            sendAnonymous(fixture, 200);

            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(200, processor.stats().stored());
            }
        }
    }

    @Test
    void countsAndTellsWhatRetentionRemovedUnread() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            try (var processor = Processor.start(fixture.config())) {
                sendAnonymous(fixture, 40);
                fixture.awaitCommitted();
                assertEquals(40, processor.stats().stored());
            }
            sendAnonymous(fixture, 80);
            var removed = new HashMap<TopicPartition, RecordsToDelete>();
            for (int i = 0; i < PipelineFixture.PARTITIONS; i++) {
                // 10 are committed, 20 unread: 5 of them go
                removed.put(
                        new TopicPartition(fixture.tokenTopic(), i),
                        RecordsToDelete.beforeOffset(15));
            }
            fixture.admin().deleteRecords(removed).all().get();

            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();

                assertEquals(60, processor.stats().stored());
                assertEquals(20.0, Scraped.sum(processor, "processor_retention_gap_total"));
            }
        }
    }

    @Test
    void goesOnWhenRetentionOvertakesItWhileItReads() throws Exception {
        var events = 1500; // of some 6 KiB: several times what the client fetches ahead
        try (var faults = FaultyStore.beforeShared();
                var fixture = PipelineFixture.behind(faults)) {
            fixture.with("BUFFER_BYTES", "1 MiB").with("BATCH_ROWS", "10");
            for (int i = 0; i < events; i++) {
                fixture.send(EventTopic.TOKEN_USAGE, 0, EventLedger.encode(large(i)));
            }
            fixture.flush();
            faults.rule(c -> c.name().equals("insert") ? new Fault.Refused(91, "no") : null);
            try (var processor = Processor.start(fixture.config())) {
                Waiting.until(
                        "it to be held up",
                        LIMIT,
                        () ->
                                processor.bytesUnderWay() >= 1 << 20
                                        && !part(processor, "store").up());
                fixture.admin()
                        .deleteRecords(
                                Map.of(
                                        new TopicPartition(fixture.tokenTopic(), 0),
                                        RecordsToDelete.beforeOffset(events - 10)))
                        .all()
                        .get();
                faults.rule(_ -> null);

                fixture.awaitCommitted();

                var lost = Scraped.sum(processor, "processor_retention_gap_total");
                assertTrue(lost > 0, "all was fetched ahead");
                assertEquals(events, processor.stats().stored() + lost);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesARecordOfTwentyMegabytesAndGoesOn(boolean fitsTheDeadLetters) throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            raiseLimit(fixture, fixture.tokenTopic());
            if (fitsTheDeadLetters) {
                raiseLimit(fixture, fixture.deadLetterTopic());
            }
            var ledger = new EventLedger(17);
            fixture.sendAll(ledger, 20);
            var large = "y".repeat(TWENTY_MB).getBytes(UTF_8);
            fixture.send(EventTopic.TOKEN_USAGE, 0, large);
            fixture.sendAll(ledger, 20);
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(1, processor.stats().rejected());
            }
            ledger.assertMatches(fixture.database());
            var letter = fixture.deadLetters().getFirst();
            assertEquals("too_large", header(letter, DeadLetterTopic.REASON));
            if (fitsTheDeadLetters) {
                assertEquals(TWENTY_MB, letter.value().length);
                assertNull(letter.headers().lastHeader(DeadLetterTopic.TRUNCATED_FROM_BYTES));
            } else {
                assertEquals("y".repeat(64 << 10), new String(letter.value(), UTF_8));
                assertEquals(
                        Integer.toString(TWENTY_MB),
                        header(letter, DeadLetterTopic.TRUNCATED_FROM_BYTES));
            }
        }
    }

    @Test
    void saysInTheDeadLetterWhereTheRecordIsFromAndWhy() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.send(EventTopic.TOKEN_USAGE, 2, new byte[] {(byte) 0xff, 1});
            fixture.send(EventTopic.TOKEN_USAGE, 2, null);
            fixture.send(EventTopic.GPU_METRICS, 1, "{\"ts\":true}".getBytes(UTF_8));
            fixture.flush();
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(3, processor.stats().rejected());
            }
            var letters = new HashMap<String, ConsumerRecord<byte[], byte[]>>();
            for (var letter : fixture.deadLetters()) {
                letters.put(
                        header(letter, DeadLetterTopic.TOPIC)
                                + "/"
                                + header(letter, DeadLetterTopic.PARTITION)
                                + "/"
                                + header(letter, DeadLetterTopic.OFFSET),
                        letter);
            }
            var bytes = letters.get(fixture.tokenTopic() + "/2/0");
            assertNotNull(bytes, letters.keySet().toString());
            assertEquals("not_json", header(bytes, DeadLetterTopic.REASON));
            assertEquals(2, bytes.value().length);
            var nothing = letters.get(fixture.tokenTopic() + "/2/1");
            assertNotNull(nothing);
            assertNull(nothing.value());
            var wrong = letters.get(fixture.metricTopic() + "/1/0");
            assertNotNull(wrong);
            assertEquals("wrong_type", header(wrong, DeadLetterTopic.REASON));
            assertFalse(header(wrong, DeadLetterTopic.DETAIL).isEmpty());
            assertFalse(header(wrong, DeadLetterTopic.TOPIC_ID).isEmpty());
            assertFalse(header(wrong, DeadLetterTopic.TIMESTAMP).isEmpty());
        }
    }

    @Test
    void countsAProducersRepeatOnce() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            var ledger = new EventLedger(18);
            var usage = ledger.nextUsage();
            fixture.send(usage);
            fixture.send(usage);
            fixture.send(usage);
            fixture.flush();
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(2, processor.stats().duplicates());
            }
            ledger.assertMatches(fixture.database());
        }
    }

    @Test
    void losesNothingWhenPartitionsAreAdded() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            var ledger = new EventLedger(19);
            try (var processor = Processor.start(fixture.config())) {
                fixture.sendAll(ledger, 100);
                fixture.admin()
                        .createPartitions(
                                Map.of(
                                        fixture.tokenTopic(), NewPartitions.increaseTo(8),
                                        fixture.metricTopic(), NewPartitions.increaseTo(8)))
                        .all()
                        .get();
                fixture.sendAll(ledger, 300);
                fixture.awaitCommitted();
                assertEquals(0, processor.stats().rejected());
            }
            ledger.assertMatches(fixture.database());
        }
    }

    private static void sendAnonymous(PipelineFixture fixture, int events) {
        for (int i = 0; i < events; i++) {
            fixture.send(
                    EventTopic.TOKEN_USAGE,
                    i % PipelineFixture.PARTITIONS,
                    EventLedger.encode(anonymous()));
        }
        fixture.flush();
    }

    private static Event anonymous() {
        return TokenUsage.builder()
                .set(TokenUsage.TS, Instant.parse("2026-01-31T12:00:00Z"))
                .set(TokenUsage.MODEL, "llama")
                .set(TokenUsage.PROMPT_TOKENS, 1L)
                .build();
    }

    private static Event large(int number) {
        var usage = anonymous().toBuilder().set(TokenUsage.REQUEST_ID, "large-" + number);
        LargeUsage.fill(usage);
        return usage.build();
    }

    /** Room for a record of 20 MB: in the topic's limit and in its segments. */
    private static void raiseLimit(PipelineFixture fixture, String topic) throws Exception {
        fixture.configureTopic(
                topic, Map.of("max.message.bytes", "67108864", "segment.bytes", "67108864"));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        assertNotNull(header, name);
        return new String(header.value(), UTF_8);
    }

    private static HealthReport.Part part(Processor processor, String name) {
        return processor.health().parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
