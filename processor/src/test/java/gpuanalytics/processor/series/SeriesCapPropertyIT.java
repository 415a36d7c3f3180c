package gpuanalytics.processor.series;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.rollup.MongoRollups;
import gpuanalytics.processor.rollup.RollupMath;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.processor.write.IdentityRules;
import gpuanalytics.processor.write.MongoEventWriter;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Stored;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever labels come in whatever order under whatever limit: nothing is lost, what a rollup says
 * of its usages is true of each of them, there are no more series than may be, and reading all of
 * it again under other limits changes nothing. {@code -Dcap.seed} repeats a run.
 */
class SeriesCapPropertyIT {

    private static final int ROUNDS = 12;
    private static final int USAGES = 300;
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final List<Field<String>> TEXTS =
            List.of(TokenUsage.MODEL, TokenUsage.TEAM, TokenUsage.USER, TokenUsage.PROJECT);

    private final long seed = Long.getLong("cap.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    private final StoreRetry retry =
            new StoreRetry(new PartHealth("store", "starting", Clock.systemUTC()), metrics);

    @AfterEach
    void close() {
        embedded.close();
    }

    @Test
    void foldsAndLosesNothing() throws Exception {
        System.out.println("cap.seed=" + seed);
        for (int round = 0; round < ROUNDS; round++) {
            try (var store = store("round" + round)) {
                var limits = new SeriesLimits(random.nextInt(1, 60), random.nextInt(1, 6));
                var usages = usages();
                write(store, limits, usages);

                var hours = hours(store);
                assertTotals(usages, hours);
                assertBounded(limits, hours);

                var others = new SeriesLimits(random.nextInt(1, 60), random.nextInt(1, 6));
                write(store, others, usages);
                assertEquals(hours, hours(store), "read again, cap.seed=" + seed);
            }
        }
    }

    /** Labels of very different variety, one of them perhaps as many as there are usages. */
    private List<Row> usages() {
        var variety = new HashMap<Field<String>, Integer>();
        TEXTS.forEach(label -> variety.put(label, 1 << random.nextInt(9)));
        var gpus = 1 << random.nextInt(5);
        var rows = new ArrayList<Row>();
        var records = new TestRows(EventTopic.TOKEN_USAGE, "topic-t", 0);
        for (int i = 0; i < USAGES; i++) {
            var usage =
                    TokenUsage.builder()
                            .set(TokenUsage.TS, NOON.plusSeconds(random.nextInt(7200)))
                            .set(TokenUsage.PROMPT_TOKENS, random.nextLong(1, 1_000_000_000));
            for (var label : TEXTS) {
                var value = random.nextInt(variety.getOrDefault(label, 1));
                if (label.equals(TokenUsage.MODEL) || random.nextInt(8) > 0) {
                    usage.set(label, value == 0 ? "other" : label.name() + "|" + value);
                }
            }
            if (random.nextInt(4) > 0) {
                usage.set(TokenUsage.HOST, "h" + random.nextInt(gpus))
                        .set(TokenUsage.GPU_INDEX, 0L);
            }
            rows.add(records.next(usage.build()));
        }
        return rows;
    }

    private void write(MongoStore store, SeriesLimits limits, List<Row> usages) throws Exception {
        var cap = new SeriesCap(limits, store, retry, metrics, Clock.systemUTC());
        var writer = new MongoEventWriter(store, IdentityRules.defaults(), retry, metrics);
        var math = new RollupMath(Duration.ofSeconds(15));
        try (var rollups = new MongoRollups(store, math, 100, retry, metrics, Clock.systemUTC())) {
            for (int from = 0; from < usages.size(); ) {
                var to = Math.min(usages.size(), from + random.nextInt(1, 120));
                var batch = new Batch(usages.subList(from, to), List.of(), Map.of(), 0);
                var marked = cap.mark(batch).rows();
                var outcomes = writer.write(marked);
                var counted = new ArrayList<CountedRow>();
                for (int i = 0; i < marked.size(); i++) {
                    switch (outcomes.get(i)) {
                        case Stored(var row) -> counted.add(row);
                        case Redelivered(var row) -> counted.add(row);
                        default -> throw new AssertionError(outcomes.get(i));
                    }
                }
                rollups.apply(counted);
                from = to;
            }
        }
    }

    private static Map<String, Document> hours(MongoStore store) {
        var hours = new TreeMap<String, Document>();
        for (var hour : store.database().getCollection(StoreLayout.TOKEN_HOUR).find()) {
            hour.remove(StoreLayout.STORED_AT);
            hours.put(hour.getString("_id"), hour);
        }
        return hours;
    }

    /**
     * For each label: its values have at most the tokens that they really have, and what they lack
     * is what is folded, to the last token. The GPU is a label too.
     */
    private void assertTotals(List<Row> usages, Map<String, Document> hours) {
        for (var label : Labels.names(EventTopic.TOKEN_USAGE)) {
            var real = new HashMap<String, Long>();
            for (var row : usages) {
                var value = row.document().get(label);
                var text = value == null ? "" : value.asString().getValue();
                real.merge(text, tokens(row), Long::sum);
            }
            long folded = 0;
            var kept = new HashMap<String, Long>();
            for (var hour : hours.values()) {
                var sum = hour.getEmbedded(List.of("prompt_tokens", "sum"), Long.class);
                if (isFolded(hour, label)) {
                    folded += sum;
                } else {
                    var text = hour.getString(label);
                    kept.merge(text == null ? "" : text, sum, Long::sum);
                }
            }
            long lacking = 0;
            for (var value : real.entrySet()) {
                long found = kept.getOrDefault(value.getKey(), 0L);
                assertTrue(found <= value.getValue(), label + ", cap.seed=" + seed);
                lacking += value.getValue() - found;
            }
            assertEquals(lacking, folded, label + ", cap.seed=" + seed);
            assertTrue(real.keySet().containsAll(kept.keySet()), label + ", cap.seed=" + seed);
            if (folded == 0) {
                assertEquals(real, kept, label + ", cap.seed=" + seed);
            }
        }
    }

    private static boolean isFolded(Document hour, String label) {
        var folded = hour.getList(StoreLayout.FOLDED, String.class);
        return folded != null && folded.contains(label);
    }

    private static long tokens(Row row) {
        return row.document().getInt64("prompt_tokens").getValue();
    }

    private void assertBounded(SeriesLimits limits, Map<String, Document> hours) {
        var byHour = new HashMap<Object, Integer>();
        var own = new HashMap<Object, Integer>();
        for (var hour : hours.values()) {
            byHour.merge(hour.get("bucket"), 1, Integer::sum);
            if (!hour.containsKey(StoreLayout.FOLDED)) {
                own.merge(hour.get("bucket"), 1, Integer::sum);
            }
        }
        var most = limits.tokens() + limits.folded() + limits.gpus() + 1;
        assertFalse(byHour.isEmpty());
        byHour.values().forEach(n -> assertTrue(n <= most, n + " of " + most + " " + seed));
        own.values().forEach(n -> assertTrue(n <= limits.tokens(), n + " of " + limits));
        assertEquals(new HashSet<>(byHour.keySet()), new HashSet<>(own.keySet()));
    }

    private MongoStore store(String database) {
        return new MongoStore(TestStoreConfig.at(embedded.url(), database));
    }
}
