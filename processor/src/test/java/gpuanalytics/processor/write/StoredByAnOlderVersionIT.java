package gpuanalytics.processor.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.processor.identity.RollupSums;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Stored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a record adds is a function of what is stored with it, also where an older version has read
 * the record otherwise, has stored it, and ended before it counted.
 */
class StoredByAnOlderVersionIT {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final StoreWithFaults parts = new StoreWithFaults();
    private final FaultyStore faults = parts.faults;
    private final MongoStore store = parts.store;
    private final MongoEventWriter writer = parts.writer(IdentityRules.defaults());
    private final TestRows usages = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 3);
    private final TestRows samples = new TestRows(EventTopic.GPU_METRICS, "topic-g", 1);

    @AfterEach
    void close() {
        parts.close();
    }

    @Test
    void aUsageCountsByTheValuesAndLabelsThatAreStored() throws Exception {
        var row = usages.at(1, usage("ada", 0, 7));
        store(row, new Document("prompt_tokens", 5L).append("user", "before"));

        assertEquals(
                Map.of("requests", 1L, "prompt_tokens.n", 1L, "prompt_tokens.sum", 5L),
                sumsOf("llama,before", redelivered(row)));
    }

    @Test
    void aUsageCountsUnderTheSeriesThatIsStored() throws Exception {
        var row = usages.at(1, usage("ada", 0, 7));
        store(row, new Document(StoreLayout.OVERFLOW, true));

        assertEquals(Overflow.OTHER, redelivered(row).overflow());
    }

    @Test
    void aSampleCountsByTheReadingsThatAreStored() throws Exception {
        var row = samples.at(1, sample());
        store(row, new Document("power_w", 200.0).append("interval_s", 20.0));

        assertEquals(
                Map.of(
                        "samples", 1L,
                        "covered_us", 20_000_000L,
                        "energy_uj", 4_000_000_000L,
                        "power_w.n", 1L,
                        "power_w.sum_micro", 200_000_000L),
                sumsOf("h/0", redelivered(row)));
    }

    @Test
    void aLaterWordCountsByWhatIsStored() throws Exception {
        var words = List.of(usages.at(1, usage("ada", 0, 1)), usages.at(2, usage("ada", 1, 9)));
        var first = assertInstanceOf(Stored.class, writer.write(words).getFirst());
        change("w:1:" + words.getLast().id(), new Document("prompt_tokens", 4L));

        assertEquals(
                Map.of("requests", 1L, "prompt_tokens.n", 1L, "prompt_tokens.sum", 4L),
                sumsOf("llama,ada", first.counted(), redelivered(words.getLast())));
    }

    /** Whether it was stored by this very attempt or long before is not known then. */
    @Test
    void anAnswerThatIsLostMakesNoDifference() throws Exception {
        var row = usages.at(1, usage("ada", 0, 7));
        store(row, new Document("prompt_tokens", 5L));
        faults.once(command -> command.name().equals("insert"), new Fault.AnswerLost());

        var outcome = assertInstanceOf(Stored.class, writer.write(List.of(row)).getFirst());

        assertEquals(5, outcome.counted().values().number(TokenUsage.PROMPT_TOKENS));
    }

    @Test
    void whatIsStoredForTheFirstTimeIsNotRead() throws Exception {
        writer.write(List.of(usages.at(1, usage("ada", 0, 7)), samples.at(1, sample())));

        assertEquals(2, faults.writes().size());
        assertEquals(List.of(), faults.questions(StoreLayout.TOKEN_USAGE));
        assertEquals(List.of(), faults.questions(StoreLayout.GPU_METRICS));
    }

    /** As it is stored, but for what an older version had read otherwise. */
    private void store(Row row, Document otherwise) {
        var collection = MongoEventWriter.collectionOf(row.values().topic());
        store.collection(collection).insertOne(row.document());
        store.database()
                .getCollection(collection)
                .updateOne(new Document("_id", row.id()), new Document("$set", otherwise));
    }

    private void change(String id, Document otherwise) {
        store.database()
                .getCollection(StoreLayout.TOKEN_USAGE)
                .updateOne(new Document("_id", id), new Document("$set", otherwise));
    }

    private CountedRow redelivered(Row row) throws InterruptedException {
        return assertInstanceOf(Redelivered.class, writer.write(List.of(row)).getFirst()).counted();
    }

    /** What minutes of a series hold together once these are rolled up. */
    private Map<String, Long> sumsOf(String series, CountedRow... rows)
            throws InterruptedException {
        var math = new RollupMath(Duration.ofSeconds(15));
        try (var rollups =
                new MongoRollups(store, math, 10, parts.retry, parts.metrics, Clock.systemUTC())) {
            rollups.apply(List.of(rows));
        }
        var sums = new TreeMap<String, Long>();
        RollupSums.minutes(store.database())
                .forEach(
                        (path, sum) -> {
                            var parts = path.split("\\|", -1);
                            assertEquals(series, parts[1]);
                            sums.merge(parts[2], sum, Long::sum);
                        });
        return sums;
    }

    private static Event usage(String user, int seconds, long tokens) {
        return TokenUsage.builder()
                .set(TokenUsage.TS, NOON.plusSeconds(seconds))
                .set(TokenUsage.REQUEST_ID, "q")
                .set(TokenUsage.USER, user)
                .set(TokenUsage.MODEL, "llama")
                .set(TokenUsage.PROMPT_TOKENS, tokens)
                .build();
    }

    private static Event sample() {
        return GpuMetric.builder()
                .set(GpuMetric.TS, NOON)
                .set(GpuMetric.HOST, "h")
                .set(GpuMetric.GPU_INDEX, 0L)
                .set(GpuMetric.NAME, "H100")
                .set(GpuMetric.POWER_W, 300.0)
                .set(GpuMetric.INTERVAL_S, 10.0)
                .build();
    }
}
