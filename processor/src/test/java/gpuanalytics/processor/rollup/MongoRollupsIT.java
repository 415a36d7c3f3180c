package gpuanalytics.processor.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Command;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.codecs.BsonDocumentCodec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class MongoRollupsIT {

    private static final int MAX_GPUS = 60;
    private static final Set<String> ROLLUPS =
            Set.of(
                    StoreLayout.GPU_MINUTE,
                    StoreLayout.GPU_HOUR,
                    StoreLayout.TOKEN_MINUTE,
                    StoreLayout.TOKEN_HOUR);
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final FaultyStore faults = new FaultyStore(embedded.port());
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final MongoStore store = new MongoStore(TestStoreConfig.at(faults.url()));
    private final PartHealth health = new PartHealth("store", "starting", Clock.systemUTC());
    private final StoreRetry retry = new StoreRetry(health, metrics);
    private final RollupMath math = new RollupMath(Duration.ofSeconds(15));
    private final MongoRollups rollups =
            new MongoRollups(store, math, MAX_GPUS, retry, metrics, Clock.systemUTC());
    private final TestRows partition0 = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 0);
    private final TestRows partition1 = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 1);

    @AfterEach
    void close() {
        rollups.close();
        store.close();
        faults.close();
        embedded.close();
    }

    @Test
    void countsRowsOfManyPartitionsInOneDocument() throws Exception {
        rollups.apply(counted(rows(partition0, 0, 3)));
        rollups.apply(counted(rows(partition1, 0, 4)));

        var minute = only(StoreLayout.TOKEN_MINUTE);
        assertEquals(7, minute.getInt64("requests").getValue());
        assertEquals(70, minute.getDocument("prompt_tokens").getInt64("sum").getValue());
        assertEquals(7, minute.getDocument("prompt_tokens").getInt64("n").getValue());
        assertEquals(
                BsonDocument.parse(
                        "{'topic-a_0': {$numberLong: '2'}, 'topic-a_1': {$numberLong: '3'}}"),
                minute.getDocument("wm"));
        assertEquals("llama", minute.getString("model").getValue());
        assertEquals(NOON.toEpochMilli(), minute.getDateTime("bucket").getValue());
    }

    @Test
    void countsARepeatedRoundOnce() throws Exception {
        var rows = counted(rows(partition0, 0, 5));

        rollups.apply(rows);
        rollups.apply(rows);

        assertEquals(5, requests());
        assertTrue(metrics.guardMisses() > 0);
    }

    @Test
    void countsOnlyTheNewRowsOfARoundThatOverlaps() throws Exception {
        rollups.apply(counted(rows(partition0, 0, 5)));

        rollups.apply(counted(rows(partition0, 3, 9)));

        assertEquals(9, requests());
    }

    @Test
    void ignoresAZombieThatComesWithRowsLongCounted() throws Exception {
        rollups.apply(counted(rows(partition0, 0, 10)));

        rollups.apply(counted(rows(partition0, 2, 6)));

        assertEquals(10, requests());
        assertEquals(
                9,
                only(StoreLayout.TOKEN_MINUTE).getDocument("wm").getInt64("topic-a_0").getValue());
    }

    @Test
    void countsTheSameOffsetsOfATopicMadeAgain() throws Exception {
        rollups.apply(counted(rows(partition0, 0, 5)));

        rollups.apply(counted(rows(new TestRows(EventTopic.TOKEN_USAGE, "topic-b", 0), 0, 5)));

        assertEquals(10, requests());
    }

    @Test
    void skipsRowsThatAreReadAgainWithinARound() throws Exception {
        var rows = new ArrayList<>(rows(partition0, 0, 5));
        rows.addAll(rows(partition0, 2, 7)); // the partition was lost and came back

        rollups.apply(counted(rows));

        assertEquals(7, requests());
    }

    @ParameterizedTest
    @ValueSource(strings = {StoreLayout.TOKEN_MINUTE, StoreLayout.TOKEN_HOUR})
    void countsOnceWhenTheAnswerIsLost(String collection) throws Exception {
        faults.once(command -> command.isWriteTo(collection), new Fault.AnswerLost());

        rollups.apply(counted(rows(partition0, 0, 5)));

        assertEquals(5, requests());
        assertEquals(5, only(StoreLayout.TOKEN_HOUR).getInt64("requests").getValue());
    }

    @Test
    void countsOnceWhenNoMajorityHasIt() throws Exception {
        faults.once(
                command -> command.isWriteTo(StoreLayout.TOKEN_MINUTE), new Fault.NoMajority(64));

        rollups.apply(counted(rows(partition0, 0, 5)));

        assertEquals(5, requests());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 91, 189, 10107, 11602, 2})
    void countsOnceWhenSomeUpdatesFail(int code) throws Exception {
        var rows = new ArrayList<Row>();
        for (int minute = 0; minute < 4; minute++) {
            rows.add(partition0.at(minute, usage(minute, NOON.plusSeconds(60L * minute))));
        }
        faults.once(
                command -> command.isWriteTo(StoreLayout.TOKEN_MINUTE),
                new Fault.Partial(code, Set.of(0, 2)));

        rollups.apply(counted(rows));

        assertEquals(4, requests());
        assertEquals(4, only(StoreLayout.TOKEN_HOUR).getInt64("requests").getValue());
    }

    @Test
    void takesTheGuardsWordOnlyOnceAMajorityHasIt() throws Exception {
        rollups.apply(counted(rows(partition0, 0, 5)));
        faults.once(
                command -> command.isWriteTo(StoreLayout.TOKEN_MINUTE), new Fault.NoMajority(64));

        rollups.apply(counted(rows(partition0, 0, 5)));

        var updates =
                faults.writes().stream()
                        .filter(command -> command.isWriteTo(StoreLayout.TOKEN_MINUTE))
                        .count();
        assertEquals(3, updates); // the first, the one no majority had, the one again
        assertEquals(5, requests());
    }

    /** An hour that counts more than its minutes looks as if some of them had expired. */
    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void countsInMinutesBeforeHoursThoughTheyFailAtFirst(EventTopic topic) throws Exception {
        var kind = RollupKind.of(topic);
        var minutes = kind.collection(Granularity.MINUTE);
        var hours = kind.collection(Granularity.HOUR);
        var records = new TestRows(topic, "topic-m", 0);
        faults.times(3, command -> command.isWriteTo(minutes), new Fault.RequestLost());

        rollups.apply(
                counted(
                        List.of(
                                switch (topic) {
                                    case GPU_METRICS -> records.at(0, sample(0, NOON));
                                    case TOKEN_USAGE -> records.at(0, usage(0, NOON));
                                })));

        var order =
                faults.writes().stream()
                        .map(Command::collection)
                        .filter(collection -> Set.of(minutes, hours).contains(collection))
                        .toList();
        assertTrue(order.lastIndexOf(minutes) >= 3, order.toString());
        assertEquals(order.size() - 1, order.indexOf(hours), order.toString());
    }

    @Test
    void updatesInTheOrderOfIdentities() throws Exception {
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        var seed = System.nanoTime();
        var random = new Random(seed);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 50; i++) {
            var host = "host-" + random.nextInt(1000);
            var event = sample(i, NOON.plusSeconds(random.nextInt(600))).toBuilder();
            rows.add(samples.at(i, event.set(GpuMetric.HOST, host).build()));
        }

        rollups.apply(counted(rows));

        var writes = faults.writes();
        assertEquals(
                Set.of(StoreLayout.GPU_MINUTE, StoreLayout.GPU_HOUR, StoreLayout.GPU_LATEST),
                writes.stream().map(Command::collection).collect(Collectors.toSet()));
        for (var write : writes) {
            assertTrue(write.documents() > 10, () -> write + ", seed " + seed);
            assertEquals(
                    write.identities().stream().sorted().toList(),
                    write.identities(),
                    () -> "seed " + seed);
        }
    }

    @Test
    void leavesASumAsItIsRatherThanPassSixtyFourBits() throws Exception {
        var large = sample(0, NOON).toBuilder().set(GpuMetric.MEM_USED_BYTES, 1L << 42).build();
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        rollups.apply(counted(List.of(samples.at(0, large))));
        store.database()
                .getCollection(StoreLayout.GPU_MINUTE)
                .updateOne(
                        new Document(),
                        new Document(
                                "$set",
                                new Document("mem_used_bytes.sum", Long.MAX_VALUE - (1L << 40))));

        rollups.apply(counted(List.of(samples.at(1, large))));

        var minute = only(StoreLayout.GPU_MINUTE);
        assertEquals(2, minute.getInt64("samples").getValue());
        assertEquals(
                Long.MAX_VALUE - (1L << 40),
                minute.getDocument("mem_used_bytes").getInt64("sum").getValue());
    }

    @Test
    void keepsAbsentReadingsAbsent() throws Exception {
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        rollups.apply(counted(List.of(samples.at(0, sample(0, NOON)))));

        var minute = only(StoreLayout.GPU_MINUTE);
        assertEquals(1, minute.getInt64("samples").getValue());
        assertEquals(300_000_000L * 2, minute.getInt64("energy_uj").getValue());
        assertEquals(2_000_000, minute.getInt64("covered_us").getValue());
        assertNull(minute.get("temp_c"));
        assertNull(minute.get("utilization"));
        assertNull(minute.get("xid_errors"));
        assertNull(minute.get("team"));
    }

    @Test
    void keepsTheLatestSampleWhateverTheOrder() throws Exception {
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        var late = NOON.plusNanos(1_000_001);
        rollups.apply(counted(List.of(samples.at(0, sample(0, late)))));

        rollups.apply(counted(List.of(samples.at(1, sample(1, NOON.plusNanos(1_000_000))))));
        rollups.apply(counted(List.of(samples.at(2, sample(2, NOON.minusSeconds(60))))));

        var latest = only(StoreLayout.GPU_LATEST);
        assertEquals("host-1/0", latest.getString("_id").getValue());
        assertEquals("sample-0", latest.getDocument("sample").getString("event_id").getValue());
    }

    /** Names that come once, such as a pod's in place of a host's, must not fill the store. */
    @Test
    void keepsTheLatestSamplesOfABoundedNumberOfGpus() throws Exception {
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        var steady = new ArrayList<Row>();
        for (int round = 0; round < 5; round++) {
            steady.clear();
            for (int i = 0; i < 10; i++) {
                var at = NOON.plusSeconds(round);
                steady.add(samples.next(named("steady-" + i, sample(i, at))));
            }
            var passing = new ArrayList<Row>();
            for (int i = 0; i < MAX_GPUS; i++) {
                passing.add(samples.next(named("pod-" + round + "-" + i, sample(i, NOON))));
            }
            rollups.apply(counted(passing));
            rollups.apply(counted(steady));
        }

        var latest = store.collection(StoreLayout.GPU_LATEST).find().into(new ArrayList<>());
        assertEquals(MAX_GPUS, latest.size());
        var kept = latest.stream().map(found -> found.getString("_id").getValue()).toList();
        for (int i = 0; i < 10; i++) {
            assertTrue(kept.contains("steady-" + i + "/0"), kept.toString());
        }
    }

    @Test
    void countsSurplusGpusUnderOtherAndKeepsNoLatestSampleOfThem() throws Exception {
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 3; i++) {
            rows.add(samples.next(named("pod-" + i, sample(i, NOON))).counting(Overflow.OTHER));
        }

        rollups.apply(counted(rows));

        var hour = only(StoreLayout.GPU_HOUR);
        assertEquals(NOON.getEpochSecond() + "|other", hour.getString("_id").getValue());
        assertEquals(3, hour.getInt64("samples").getValue());
        assertNull(hour.get("gpu"));
        assertEquals(0, store.collection(StoreLayout.GPU_LATEST).countDocuments());
    }

    @Test
    void keepsTheGpuOfSurplusUsages() throws Exception {
        var onGpu =
                usage(0, NOON).toBuilder()
                        .set(TokenUsage.HOST, "host-1")
                        .set(TokenUsage.GPU_INDEX, 0L)
                        .build();

        rollups.apply(counted(List.of(partition0.at(0, onGpu).counting(Overflow.OTHER_OF_GPU))));

        var hour = only(StoreLayout.TOKEN_HOUR);
        assertEquals(NOON.getEpochSecond() + "|other|host-1/0", hour.getString("_id").getValue());
        assertEquals("other", hour.getString("model").getValue());
        assertEquals("host-1/0", hour.getString("gpu").getValue());
        assertEquals(10, hour.getDocument("prompt_tokens").getInt64("sum").getValue());
    }

    /** To leave the rows out would be wrong numbers for ever: it waits, and says for what. */
    @Test
    void saysWhichDocumentTheStoreDoesNotTakeAndGoesOnWhenItDoes() throws Exception {
        faults.rule(
                command ->
                        command.isWriteTo(StoreLayout.TOKEN_HOUR)
                                ? new Fault.Partial(121, Set.of(0))
                                : null);
        var failure = new AtomicReference<@Nullable Exception>();
        var applying =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        rollups.apply(counted(rows(partition0, 0, 5)));
                                    } catch (InterruptedException | RuntimeException e) {
                                        failure.set(e);
                                    }
                                });
        var document = "update of token_hour failed: " + NOON.getEpochSecond() + "|llama||||";
        Waiting.until(
                "the document to be named",
                Duration.ofSeconds(60),
                () -> health.report().detail().contains(document + ": error 121"));
        assertFalse(health.report().up());

        faults.rule(_ -> null);
        applying.join();

        assertNull(failure.get());
        assertEquals(5, requests());
        assertEquals(5, only(StoreLayout.TOKEN_HOUR).getInt64("requests").getValue());
        assertTrue(health.report().up(), health.report().toString());
    }

    /** The rows of two owners of a partition, cut and repeated at random, count once each. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void countsOnceHoweverOwnersOverlap(long seed) throws Exception {
        var random = new Random(seed);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 120; i++) {
            rows.add(partition0.at(i, usage(i, NOON.plusSeconds(random.nextInt(300)))));
        }
        // Each owner reads on from an offset at or below what is done, in order.
        var done = 0;
        while (done < rows.size()) {
            var from = random.nextInt(done + 1);
            var to = Math.min(rows.size(), from + 1 + random.nextInt(40));
            rollups.apply(counted(rows.subList(from, to)));
            if (random.nextBoolean()) { // else it dies before its commit
                done = Math.max(done, to);
            }
        }

        assertEquals(120, requests(), "seed " + seed);
        assertEquals(
                120, only(StoreLayout.TOKEN_HOUR).getInt64("requests").getValue(), "seed " + seed);
    }

    /** The first flush of a partition is of what may be there; buckets after that are new. */
    @Test
    void whatIsInsertedIsWhatUpdatesWouldHaveMade() throws Exception {
        var samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 0);
        rollups.apply(counted(List.of(partition0.at(0, usage(0, NOON)))));
        rollups.apply(counted(List.of(samples.at(0, sample(0, NOON)))));
        var seed = System.nanoTime();
        var random = new Random(seed);
        var rows = new ArrayList<Row>();
        for (int i = 1; i < 40; i++) {
            var at = NOON.plusSeconds(3600 + random.nextInt(300));
            rows.add(partition0.at(i, random.nextBoolean() ? usage(i, at) : failed(usage(i, at))));
            rows.add(samples.at(i, named("h\u00f6st-" + random.nextInt(4), sample(i, at))));
        }

        rollups.apply(counted(rows));
        var inserted = documents();
        assertEquals(Set.of("insert"), lastWrites(), "seed " + seed);
        for (var collection : ROLLUPS) {
            store.collection(collection).deleteMany(new Document());
        }
        try (var other = rollups()) {
            other.apply(counted(List.of(partition0.at(0, usage(0, NOON)))));
            other.apply(counted(List.of(samples.at(0, sample(0, NOON)))));
        }
        try (var other = rollups()) {
            other.apply(counted(rows));
        }

        assertEquals(Set.of("update"), lastWrites(), "seed " + seed);
        assertEquals(documents(), inserted, "seed " + seed);
    }

    /** How the rollups of each collection were written last. */
    private Set<String> lastWrites() {
        var last = new HashMap<String, String>();
        faults.writes().stream()
                .filter(command -> ROLLUPS.contains(command.collection()))
                .forEach(command -> last.put(command.collection(), command.name()));
        return Set.copyOf(last.values());
    }

    /** All rollups by their identities, without when they were stored. */
    private Map<String, BsonDocument> documents() {
        var documents = new TreeMap<String, BsonDocument>();
        for (var collection : ROLLUPS) {
            for (var found : store.collection(collection).find()) {
                var document = found.decode(new BsonDocumentCodec());
                document.remove(StoreLayout.STORED_AT);
                document.remove(StoreLayout.CREATED_AT);
                documents.put(collection + document.getString("_id").getValue(), document);
            }
        }
        return documents;
    }

    static Stream<Fault> faultsOfInserts() {
        return Stream.of(
                new Fault.AnswerLost(),
                new Fault.RequestLost(),
                new Fault.Refused(10107, "not primary"),
                new Fault.NoMajority(64),
                new Fault.Partial(11000, Set.of(0)),
                new Fault.Partial(91, Set.of(1, 2)));
    }

    @ParameterizedTest
    @MethodSource("faultsOfInserts")
    void countsOnceWhateverBecomesOfAnInsert(Fault fault) throws Exception {
        rollups.apply(counted(rows(partition0, 0, 1)));
        var rows = new ArrayList<Row>();
        for (int i = 1; i < 9; i++) {
            rows.add(partition0.at(i, usage(i, NOON.plusSeconds(30L + 30L * i))));
        }
        faults.once(
                command ->
                        command.name().equals("insert")
                                && command.collection().equals(StoreLayout.TOKEN_MINUTE),
                fault);

        rollups.apply(counted(rows));

        assertEquals(9, requests());
        assertEquals(9, only(StoreLayout.TOKEN_HOUR).getInt64("requests").getValue());
    }

    @Test
    void addsToADocumentThatIsThereAgainstTheGuess() throws Exception {
        rollups.apply(counted(rows(partition0, 0, 2)));
        var later = partition1.at(0, usage(7, NOON.plusSeconds(60)));
        try (var other = rollups()) {
            other.apply(counted(List.of(later)));
        }
        var misses = metrics.guardMisses();

        rollups.apply(counted(List.of(partition0.at(2, usage(2, NOON.plusSeconds(60))))));

        assertEquals(4, requests());
        assertEquals(misses, metrics.guardMisses());
    }

    /** Two owners of a partition, each with its own guesses, and time goes on. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void countsOnceThoughOwnersGuessWrong(long seed) throws Exception {
        var random = new Random(seed);
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 150; i++) {
            rows.add(partition0.at(i, usage(i, NOON.plusSeconds(10L * i + random.nextInt(90)))));
        }
        try (var other = rollups()) {
            var done = 0;
            while (done < rows.size()) {
                var from = Math.max(0, done - random.nextInt(30));
                var to = Math.min(rows.size(), from + 1 + random.nextInt(50));
                (random.nextBoolean() ? rollups : other).apply(counted(rows.subList(from, to)));
                if (random.nextBoolean()) { // else it dies before its commit
                    done = Math.max(done, to);
                }
            }
        }

        assertTrue(
                faults.writes().stream()
                        .anyMatch(
                                command ->
                                        command.collection().equals(StoreLayout.TOKEN_MINUTE)
                                                && command.name().equals("insert")),
                "seed " + seed);
        assertEquals(150, requests(), "seed " + seed);
        assertEquals(
                150, only(StoreLayout.TOKEN_HOUR).getInt64("requests").getValue(), "seed " + seed);
    }

    private MongoRollups rollups() {
        return new MongoRollups(store, math, MAX_GPUS, retry, metrics, Clock.systemUTC());
    }

    private static Event failed(Event usage) {
        return usage.toBuilder().set(TokenUsage.ERROR_TYPE, "timeout").build();
    }

    private static List<CountedRow> counted(List<Row> rows) {
        return rows.stream().map(CountedRow::of).toList();
    }

    private static List<Row> rows(TestRows records, int from, int to) {
        var rows = new ArrayList<Row>();
        for (int i = from; i < to; i++) {
            rows.add(records.at(i, usage(i, NOON)));
        }
        return rows;
    }

    private static Event usage(int number, Instant time) {
        return TokenUsage.builder()
                .set(TokenUsage.TS, time)
                .set(TokenUsage.REQUEST_ID, "request-" + number)
                .set(TokenUsage.MODEL, "llama")
                .set(TokenUsage.PROMPT_TOKENS, 10L)
                .set(TokenUsage.COMPLETION_TOKENS, 5L)
                .set(TokenUsage.LATENCY_MS, 125.0)
                .build();
    }

    private static Event named(String host, Event sample) {
        return sample.toBuilder().set(GpuMetric.HOST, host).build();
    }

    private static Event sample(int number, Instant time) {
        return GpuMetric.builder()
                .set(GpuMetric.TS, time)
                .set(GpuMetric.EVENT_ID, "sample-" + number)
                .set(GpuMetric.HOST, "host-1")
                .set(GpuMetric.GPU_INDEX, 0L)
                .set(GpuMetric.NAME, "H100")
                .set(GpuMetric.POWER_W, 300.0)
                .set(GpuMetric.INTERVAL_S, 2.0)
                .build();
    }

    private long requests() {
        var sum = 0L;
        for (var minute : store.collection(StoreLayout.TOKEN_MINUTE).find()) {
            sum += minute.getInt64("requests").getValue();
        }
        return sum;
    }

    private BsonDocument only(String collection) {
        var found = store.collection(collection).find().into(new ArrayList<>());
        assertEquals(1, found.size(), collection);
        return found.getFirst();
    }
}
