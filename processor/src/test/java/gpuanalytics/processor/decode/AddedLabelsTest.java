package gpuanalytics.processor.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;

/**
 * Provider, operation, namespace and pod became labels of usages after raw documents and rollups
 * had been stored without: what is stored goes on as it is, and counts once.
 */
class AddedLabelsTest {

    private static final List<Field<String>> TEXTS =
            List.of(
                    TokenUsage.TEAM,
                    TokenUsage.USER,
                    TokenUsage.PROJECT,
                    TokenUsage.PROVIDER,
                    TokenUsage.OPERATION,
                    TokenUsage.NAMESPACE,
                    TokenUsage.POD);

    private final TestRows rows = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 0);

    @Test
    void aSeriesWithoutThemHasTheNameThatItHadBefore() {
        var usage = usage(Map.of(TokenUsage.USER, "ann"), true);

        assertEquals("m||ann||node-7/2", rows.next(usage).values().labels().series());
        assertFalse(rows.next(usage).document().containsKey(StoreLayout.SERIES_BY));
    }

    @Test
    void theyStandBehindTheGpuAsFarAsThereAreAny() {
        var operation = usage(Map.of(TokenUsage.OPERATION, "chat"), true);
        var pod = usage(Map.of(TokenUsage.PROVIDER, "p", TokenUsage.POD, "pod-1"), false);

        assertEquals("m||||node-7/2||chat", rows.next(operation).values().labels().series());
        assertEquals("m|||||p|||pod-1", rows.next(pod).values().labels().series());
    }

    /** A record that is read again counts where its raw document says that it counts already. */
    @Test
    void aDocumentThatWasStoredBeforeThemCountsWithoutThem() {
        var usage = usage(Map.of(TokenUsage.TEAM, "t", TokenUsage.PROVIDER, "p"), false);
        var row = rows.next(usage);
        var before = withoutMark(row.document());

        var again = CountedRow.of(row, before);
        var audited = StoredEvent.of(EventTopic.TOKEN_USAGE, before);

        assertEquals("m|t|||", again.values().labels().series());
        assertEquals("m|t|||", audited.series());
        assertFalse(again.values().labels().toBson().containsKey("provider"));
        assertEquals(again.values(), audited.values());
        assertEquals(row.values(), CountedRow.of(row, row.document()).values());
    }

    @Test
    void noTwoListsOfLabelsShareASeries() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        var seen = new HashMap<String, BsonDocument>();
        for (int i = 0; i < 20_000; i++) {
            var set = new HashMap<Field<String>, String>();
            for (var field : TEXTS) {
                if (random.nextBoolean()) {
                    set.put(field, List.of("a", "|", "node-7/2", "\\").get(random.nextInt(4)));
                }
            }
            var row = rows.next(usage(set, random.nextBoolean()));
            var labels = row.values().labels();

            var other = seen.putIfAbsent(labels.series(), labels.toBson());

            assertTrue(other == null || other.equals(labels.toBson()), "seed " + seed);
            assertEquals(
                    row.values(),
                    StoredEvent.of(EventTopic.TOKEN_USAGE, row.document()).values(),
                    "seed " + seed);
        }
    }

    @Test
    void everyLabelOfAUsageIsATextOfTheDocument() {
        var names = new ArrayList<String>();
        Labels.fields(EventTopic.TOKEN_USAGE).forEach(field -> names.add(field.name()));

        assertTrue(names.containsAll(List.of("provider", "operation", "namespace", "pod")));
    }

    private static RawBsonDocument withoutMark(RawBsonDocument document) {
        var copy = new BsonDocument();
        document.forEach(copy::put);
        assertTrue(copy.remove(StoreLayout.SERIES_BY) != null);
        return new RawBsonDocument(copy, new BsonDocumentCodec());
    }

    private static Event usage(Map<Field<String>, String> texts, boolean onGpu) {
        var usage =
                TokenUsage.builder()
                        .set(TokenUsage.TS, Instant.parse("2026-03-02T10:20:30Z"))
                        .set(TokenUsage.MODEL, "m")
                        .set(TokenUsage.PROMPT_TOKENS, 3L);
        texts.forEach(usage::set);
        if (onGpu) {
            usage.set(TokenUsage.HOST, "node-7").set(TokenUsage.GPU_INDEX, 2L);
        }
        return usage.build();
    }
}
