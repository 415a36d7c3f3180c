package gpuanalytics.processor.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.RejectReason;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Command;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class MongoEventWriterIT {

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final FaultyStore faults = new FaultyStore(embedded.port());
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final PartHealth health = new PartHealth("store", "starting", Clock.systemUTC());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(faults.url()));
    private final MongoEventWriter writer =
            new MongoEventWriter(
                    store, IdentityRules.defaults(), new StoreRetry(health, metrics), metrics);
    private final TestRows records = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 3);

    @AfterEach
    void close() {
        store.close();
        faults.close();
        embedded.close();
    }

    @Test
    void storesEachRowOnce() throws Exception {
        var rows = rows(5);
        var outcomes = writer.write(rows);

        assertEquals(stored(rows), outcomes);
        assertEquals(5, stored());
    }

    @Test
    void insertsInTheOrderOfIdentities() throws Exception {
        var seed = System.nanoTime();
        var rows = rows(500);
        Collections.shuffle(rows, new Random(seed));

        var outcomes = writer.write(rows);

        assertEquals(stored(rows), outcomes);
        assertEquals(
                List.of(rows.stream().map(Row::id).sorted().toList()),
                faults.writes().stream().map(Command::identities).toList(),
                () -> "with seed " + seed);
    }

    @Test
    void tellsARedeliveryFromARepeatOfAnotherRecord() throws Exception {
        var first = records.at(7, usage(1));
        writer.write(List.of(first));
        var elsewhere = new TestRows(EventTopic.TOKEN_USAGE, "topic-b", 3);

        var outcomes =
                writer.write(
                        List.of(
                                first,
                                records.at(8, usage(1)), // the producer sent it again
                                elsewhere.at(7, usage(1)))); // same place, topic made again

        assertEquals(
                List.of(new Redelivered(CountedRow.of(first)), new Repeated(), new Repeated()),
                outcomes);
        assertEquals(1, stored());
        assertEquals(0, metrics.mismatches());
    }

    @Test
    void countsARepeatWithinABatchOnce() throws Exception {
        var rows = List.of(records.at(1, usage(1)), records.at(2, usage(1)));

        var outcomes = writer.write(rows);

        assertEquals(List.of(new Stored(CountedRow.of(rows.getFirst())), new Repeated()), outcomes);
    }

    @Test
    void tellsWhatWasDecidedWhenItWasStored() throws Exception {
        var row = records.at(7, usage(1)).counting(Overflow.OTHER);
        writer.write(List.of(row));

        assertEquals(
                List.of(new Redelivered(CountedRow.of(row))),
                writer.write(List.of(records.at(7, usage(1)))));
    }

    @Test
    void tellsWhichIntervalWasAssumedWhenItWasStored() throws Exception {
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        samples.assume(Duration.ofSeconds(15));
        writer.write(List.of(samples.at(7, sample())));

        samples.assume(Duration.ofSeconds(30)); // started again with another SAMPLE_INTERVAL_S
        var outcome = (Redelivered) writer.write(List.of(samples.at(7, sample()))).getFirst();

        assertEquals(15, outcome.counted().values().number(GpuMetric.INTERVAL_S));
        assertEquals(0, metrics.mismatches());
    }

    private static Event sample() {
        return GpuMetric.builder()
                .set(GpuMetric.TS, Instant.parse("2026-01-31T12:00:00Z"))
                .set(GpuMetric.HOST, "host-1")
                .set(GpuMetric.GPU_INDEX, 0L)
                .set(GpuMetric.NAME, "H100")
                .set(GpuMetric.POWER_W, 300.0)
                .build();
    }

    @Test
    void noticesAStoredEventThatDiffers() throws Exception {
        writer.write(List.of(records.at(7, usage(1))));

        var changed = usage(1).toBuilder().set(TokenUsage.COMPLETION_TOKENS, 99L).build();
        writer.write(List.of(records.at(7, changed)));

        assertEquals(1, metrics.mismatches());
    }

    @Test
    void storesOnceWhenTheAnswerIsLost() throws Exception {
        faults.once(command -> command.name().equals("insert"), new Fault.AnswerLost());

        var rows = rows(5);
        var outcomes = writer.write(rows);

        assertEquals(stored(rows), outcomes);
        assertEquals(5, stored());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 91, 189, 10107, 11602, 13, 14031, 262, 999_999})
    void triesAgainWhenTheStoreRefusesForNow(int code) throws Exception {
        faults.times(2, command -> command.name().equals("insert"), new Fault.Refused(code, "no"));

        var rows = rows(3);
        var outcomes = writer.write(rows);

        assertEquals(stored(rows), outcomes);
        assertEquals(3, stored());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 91, 189, 10107, 14031})
    void triesOnlyThoseAgainThatFailed(int code) throws Exception {
        faults.once(
                command -> command.name().equals("insert"), new Fault.Partial(code, Set.of(1, 3)));

        var rows = rows(5);
        var outcomes = writer.write(rows);

        assertEquals(stored(rows), outcomes);
        assertEquals(List.of(5, 2), faults.writes().stream().map(c -> c.documents()).toList());
        assertEquals(5, stored());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 121, 10334, 17280})
    void refusesOnlyTheRowThatWillNeverFit(int code) throws Exception {
        faults.once(command -> command.name().equals("insert"), new Fault.Partial(code, Set.of(1)));

        var rows = rows(3);
        var outcomes = writer.write(rows);

        assertEquals(stored(rows).get(0), outcomes.get(0));
        assertEquals(stored(rows).get(2), outcomes.get(2));
        var refused = assertInstanceOf(Rejected.class, outcomes.get(1));
        var tooLarge = code == 10334 || code == 17280;
        assertEquals(
                tooLarge ? RejectReason.TOO_LARGE : RejectReason.OUT_OF_RANGE, refused.reason());
        assertTrue(refused.detail().contains(Integer.toString(code)), refused.detail());
        assertEquals(2, stored());
    }

    @Test
    void takesNothingForDoneThatNoMajorityHas() throws Exception {
        faults.once(command -> command.name().equals("insert"), new Fault.NoMajority(64));

        var rows = rows(4);
        var outcomes = writer.write(rows);

        assertEquals(stored(rows), outcomes);
        assertEquals(List.of(4, 4), faults.writes().stream().map(c -> c.documents()).toList());
        assertEquals(4, stored());
    }

    @Test
    void takesADuplicateForDoneOnlyOnceAMajorityHasIt() throws Exception {
        writer.write(rows(2));
        faults.once(command -> command.name().equals("insert"), new Fault.NoMajority(64));

        writer.write(List.of(records.at(0, usage(0)), records.at(1, usage(1))));

        assertEquals(List.of(2, 2, 2), faults.writes().stream().map(c -> c.documents()).toList());
    }

    @Test
    void waitsForAStoreThatIsAwayAndSaysSo() throws Exception {
        faults.vanish();
        var writing = Thread.ofPlatform().start(() -> writeQuietly(rows(3)));
        gpuanalytics.embedded.testing.Waiting.until(
                "the store to be called away",
                Duration.ofSeconds(30),
                () -> health.report().detail().contains("insert into token_usage failed"));
        assertTrue(!health.report().up());

        faults.comeBack();
        assertTrue(writing.join(Duration.ofSeconds(60)));

        assertEquals(3, stored());
        assertTrue(health.report().up(), health.report().toString());
    }

    @Test
    void splitsWhatIsLargerThanAMessageMayBe() throws Exception {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 9000; i++) { // about 60 MB; a message takes 48
            var usage = usage(i).toBuilder();
            LargeUsage.fill(usage);
            rows.add(records.next(usage.build()));
        }

        var outcomes = writer.write(rows);

        assertTrue(outcomes.stream().allMatch(Stored.class::isInstance));
        assertTrue(faults.writes().size() > 1, "one message took it all");
        assertEquals(9000, stored());
    }

    /** What became of rows that are stored as they are. */
    private static List<Stored> stored(List<Row> rows) {
        return rows.stream().map(row -> new Stored(CountedRow.of(row))).toList();
    }

    private void writeQuietly(List<Row> rows) {
        try {
            writer.write(rows);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Row> rows(int count) {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < count; i++) {
            rows.add(records.next(usage(i)));
        }
        return rows;
    }

    private static Event usage(int number) {
        return TokenUsage.builder()
                .set(TokenUsage.TS, Instant.parse("2026-01-31T12:00:00Z"))
                .set(TokenUsage.REQUEST_ID, "request-" + number)
                .set(TokenUsage.MODEL, "llama")
                .set(TokenUsage.PROMPT_TOKENS, 10L)
                .set(TokenUsage.COMPLETION_TOKENS, 5L)
                .build();
    }

    private long stored() {
        return store.database().getCollection(StoreLayout.TOKEN_USAGE).countDocuments();
    }
}
