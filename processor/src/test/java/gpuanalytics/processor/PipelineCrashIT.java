package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.batch.Moment;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.decode.SeriesKey;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever ends the processor wherever, the totals are the input's totals. */
@Execution(ExecutionMode.CONCURRENT)
class PipelineCrashIT {

    @ParameterizedTest
    @EnumSource(value = Moment.class, mode = EnumSource.Mode.EXCLUDE, names = "REVOKING")
    void totalsHoldWhereverItIsKilled(Moment step) throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("BATCH_ROWS", "40");
            var ledger = new EventLedger(step.name().hashCode());
            fixture.sendAll(ledger, 300);
            assertTrue(Killing.at(fixture, step, 1), "it ended by itself before " + step);
            var _ = Killing.at(fixture, step, 3); // where there is as much to do

            fixture.sendAll(ledger, 100);
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(0, processor.stats().rejected());
            }

            ledger.assertMatches(fixture.database());
        }
    }

    /** Several events in a record, some with an identity of their own, some without. */
    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"RAW_STORED", "ROLLUPS_BEGIN", "ROLLED_UP", "COMPLETED"})
    void everyEventOfManyInARecordCountsOnce(Moment step) throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("BATCH_ROWS", "7"); // batches would end amid records
            var ledger = new EventLedger(step.name().hashCode());
            for (int i = 0; i < 60; i++) {
                fixture.send(EventTopic.TOKEN_USAGE, i % 2, severalUsages(ledger, i));
            }
            fixture.send(EventTopic.TOKEN_USAGE, 3, "[{\"model\":7},{\"ts\":{}}]".getBytes(UTF_8));
            fixture.flush();
            assertTrue(Killing.at(fixture, step, 1), "it ended by itself before " + step);
            var _ = Killing.at(fixture, step, 2); // where there is as much to do

            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertTrue(processor.stats().rejected() <= 2, processor.stats().toString());
            }

            ledger.assertMatches(fixture.database());
            var items = new TreeSet<String>();
            for (var letter : fixture.deadLetters()) {
                items.add(
                        new String(letter.headers().lastHeader(DeadLetterTopic.ITEM).value(), UTF_8)
                                + new String(letter.value(), UTF_8));
            }
            assertEquals(Set.of("0{\"model\":7}", "1{\"ts\":{}}"), items);
        }
    }

    private static byte[] severalUsages(EventLedger ledger, int number) {
        var usages = new ArrayList<String>();
        for (int i = number % 5; i >= 0; i--) {
            var usage = ledger.nextUsage().toBuilder();
            if (number % 3 == 0) {
                usage.set(TokenUsage.REQUEST_ID, null);
            }
            usages.add(new String(EventLedger.encode(usage.build()), UTF_8));
        }
        var text =
                number % 2 == 0
                        ? "[" + String.join(", ", usages) + "]"
                        : String.join("\n", usages) + "\n";
        return text.getBytes(UTF_8);
    }

    /** Nothing is finished or committed then; the client that reads on begins anew. */
    @Test
    void totalsHoldWhenItFailsToGivePartitionsBack() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            var ledger = new EventLedger(99);
            fixture.sendAll(ledger, 200);
            var revoked = new AtomicInteger();
            try (var first =
                    Processor.start(
                            fixture.config(),
                            step -> {
                                if (step == Moment.REVOKING && revoked.incrementAndGet() == 1) {
                                    throw new Killing.Killed(step);
                                }
                            })) {
                Waiting.until(
                        "the first to read",
                        PipelineFixture.LIMIT,
                        () -> first.stats().received() > 0);
                try (var second = Processor.start(fixture.config())) {
                    fixture.sendAll(ledger, 200);
                    Waiting.until(
                            "partitions to be taken from the first",
                            PipelineFixture.LIMIT,
                            () -> revoked.get() > 0);
                    fixture.awaitCommitted();
                    assertEquals(0, second.stats().rejected());
                }
            }

            ledger.assertMatches(fixture.database());
        }
    }

    /** The mark that a row counts under "other" is decided once, whatever comes between. */
    @Test
    void surplusSeriesCountInTheSamePlaceAfterACrash() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("MAX_SERIES_PER_BUCKET", "3").with("BATCH_ROWS", "20");
            var ledger = new EventLedger(7);
            for (int i = 0; i < 200; i++) {
                var usage = ledger.nextUsage().toBuilder().set(TokenUsage.USER, "user-" + i % 17);
                fixture.send(usage.build());
            }
            fixture.flush();
            assertTrue(Killing.at(fixture, Moment.RAW_STORED, 2));
            var _ = Killing.at(fixture, Moment.ROLLED_UP, 2);

            fixture.with("MAX_SERIES_PER_BUCKET", "5"); // another decision, were it made again
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(0, processor.stats().rejected());
            }

            ledger.assertMatches(fixture.database());
            var counted = assertCountsAsTheRawDocumentsSay(fixture);
            assertTrue(counted.keySet().stream().anyMatch(SeriesKey::isFolded), counted.toString());
        }
    }

    /** The GPU of surplus usages is decided once too, and no token of them is lost. */
    @Test
    void surplusUsagesKeepTheirGpuOverACrash() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("MAX_SERIES_PER_BUCKET", "3")
                    .with("MAX_GPUS_PER_BUCKET", "2")
                    .with("BATCH_ROWS", "20");
            var ledger = new EventLedger(8);
            for (int i = 0; i < 200; i++) {
                var usage =
                        ledger.nextUsage().toBuilder()
                                .set(TokenUsage.USER, "user-" + i % 17)
                                .set(TokenUsage.HOST, "host-" + i % 5)
                                .set(TokenUsage.GPU_INDEX, 0L);
                fixture.send(usage.build());
            }
            fixture.flush();
            assertTrue(Killing.at(fixture, Moment.RAW_STORED, 2));
            var _ = Killing.at(fixture, Moment.ROLLED_UP, 2);

            fixture.with("MAX_SERIES_PER_BUCKET", "5").with("MAX_GPUS_PER_BUCKET", "100");
            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(0, processor.stats().rejected());
            }

            ledger.assertMatches(fixture.database());
            var counted = assertCountsAsTheRawDocumentsSay(fixture);
            counted.keySet().removeIf(series -> !SeriesKey.isOther(series));
            assertTrue(counted.containsKey("other") && counted.size() > 2, counted.toString());
        }
    }

    /** Each series has as many requests as raw documents say that they count under it. */
    private static Map<String, Long> assertCountsAsTheRawDocumentsSay(PipelineFixture fixture) {
        var expected = new TreeMap<String, Long>();
        var topic = EventTopic.TOKEN_USAGE;
        var raws =
                fixture.database()
                        .getCollection(StoreLayout.TOKEN_USAGE, RawBsonDocument.class)
                        .find();
        for (var raw : raws) {
            expected.merge(StoredEvent.of(topic, raw).series(), 1L, Long::sum);
        }
        var counted = new TreeMap<String, Long>();
        for (var hour : fixture.database().getCollection(StoreLayout.TOKEN_HOUR).find()) {
            var series = hour.getString("_id").replaceFirst("^[0-9]+\\|", "");
            counted.merge(series, hour.getLong("requests"), Long::sum);
        }
        assertEquals(expected, counted);
        return counted;
    }

    /**
     * A sender whose clock is ahead of the limit: by the reader's clock the second reading, later
     * by the time of a restart, would take what the first has rejected.
     */
    @Test
    void judgesAnEventFromTheFutureTheSameWhenItIsReadAgain() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            var ledger = new EventLedger(9);
            var sent = Instant.now();
            var ahead = sent.plus(EventLimits.DEFAULT_MAX_LEAD).plusSeconds(1);
            var early =
                    ledger.nextSample().toBuilder()
                            .set(GpuMetric.TS, ahead)
                            .set(GpuMetric.EVENT_ID, "early")
                            .build();
            fixture.send(
                    new ProducerRecord<>(
                            fixture.metricTopic(),
                            0,
                            sent.toEpochMilli(),
                            null,
                            EventLedger.encode(early)));
            fixture.flush();
            // What follows in its partition counts, so that its watermark passes the early one.
            var counting = new EventLedger(10);
            for (int i = 0; i < 20; i++) {
                fixture.send(EventTopic.GPU_METRICS, 0, EventLedger.encode(counting.nextSample()));
            }
            fixture.flush();
            assertTrue(Killing.at(fixture, Moment.ROLLED_UP, 1));
            Waiting.until(
                    "the reader's clock to take the early one",
                    PipelineFixture.LIMIT,
                    () -> Instant.now().plus(EventLimits.DEFAULT_MAX_LEAD).isAfter(ahead));

            try (var processor = Processor.start(fixture.config())) {
                fixture.awaitCommitted();
                assertEquals(1, processor.stats().rejected());
            }

            counting.assertMatches(fixture.database());
            for (var letter : fixture.deadLetters()) {
                assertEquals(
                        "from_the_future",
                        new String(
                                letter.headers().lastHeader(DeadLetterTopic.REASON).value(),
                                UTF_8));
            }
        }
    }

    /** Rollups that wait for others are flushed before the processor ends. */
    @Test
    void flushesWhatIsGatheredWhenItEnds() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("ROLLUP_FLUSH_MS", "10000");
            var ledger = new EventLedger(11);
            fixture.sendAll(ledger, 300);
            try (var processor = Processor.start(fixture.config())) {
                Waiting.until(
                        "all to be stored",
                        PipelineFixture.LIMIT,
                        () -> processor.stats().stored() == 300);
            }

            assertTrue(fixture.isCommitted());
            ledger.assertMatches(fixture.database());
        }
    }
}
