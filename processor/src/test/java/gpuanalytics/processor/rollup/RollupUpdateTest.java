package gpuanalytics.processor.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.rollup.Effect.Amount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.io.BasicOutputBuffer;
import org.junit.jupiter.api.Test;

class RollupUpdateTest {

    private static final Instant NOW = Instant.ofEpochMilli(7000);

    private final RollupMath math = new RollupMath(Duration.ofSeconds(15));

    @Test
    void anUpdateAddsItsRowsBehindItsGuard() {
        var update =
                update(
                        EventTopic.GPU_METRICS,
                        Overflow.NONE,
                        "{gpu: 'g', mig_id: '1', gpu_index: 3, ts: {$date: 61000}, power_w: 100.0,"
                                + " temp_c: 40.5}");

        assertEquals(
                BsonDocument.parse(
                        """
                        {q: {_id: '60|g#1', 'wm.topic_0': {$not: {$gte: {$numberLong: '5'}}}},
                         u: {$inc: {samples: {$numberLong: '1'}, covered_us: {$numberLong: '15000000'},
                                    energy_uj: {$numberLong: '1500000000'},
                                    'temp_c.n': {$numberLong: '1'}, 'temp_c.sum_micro': {$numberLong: '40500000'},
                                    'power_w.n': {$numberLong: '1'}, 'power_w.sum_micro': {$numberLong: '100000000'}},
                             $min: {'temp_c.min': 40.5, 'power_w.min': 100.0},
                             $max: {'temp_c.max': 40.5, 'power_w.max': 100.0},
                             $set: {'wm.topic_0': {$numberLong: '5'}, stored_at: {$date: 7000}},
                             $setOnInsert: {bucket: {$date: 60000}, gpu: 'g', mig_id: '1',
                                            gpu_index: {$numberLong: '3'}, created_at: {$date: 7000}}},
                         upsert: true}
                        """),
                update);
    }

    @Test
    void aNewDocumentHasWhatItsUpdateWouldMake() {
        var values =
                values(
                        EventTopic.TOKEN_USAGE,
                        "{ts: {$date: 61000}, model: 'm\u00fc', error_type: 'timeout', latency_ms:"
                                + " 2.5, prompt_tokens: {$numberLong: '7'}}");
        var pending = pending(EventTopic.TOKEN_USAGE, values, Overflow.NONE);
        pending.add(new PendingUpdate.Entry(5, 0, values.values(), Amount.WHOLE));
        var bin = Integer.toString(LatencyBins.of(2.5));

        assertEquals(
                BsonDocument.parse(
                        """
                        {_id: '60|m\u00fc||||', requests: {$numberLong: '1'}, errors: {$numberLong: '1'},
                         prompt_tokens: {n: {$numberLong: '1'}, sum: {$numberLong: '7'}},
                         latency_ms: {n: {$numberLong: '1'}, sum_micro: {$numberLong: '2500000'}, min: 2.5, max: 2.5,
                                      bins: {'%s': {$numberLong: '1'}}},
                         wm: {topic_0: {$numberLong: '5'}}, stored_at: {$date: 7000},
                         bucket: {$date: 60000}, model: 'm\u00fc', created_at: {$date: 7000}}
                        """
                                .formatted(bin)),
                written(out -> RollupUpdate.writeDocument(out, pending, pending.sums(math), NOW)));
    }

    @Test
    void textsAreWrittenAsTheDriverWritesThem() {
        for (var text :
                List.of(
                        "",
                        "m",
                        "\u0000m",
                        "m\u00fc",
                        "\u20ac",
                        "\ud83d\ude00",
                        "x".repeat(9000))) {
            assertEquals(
                    new BsonDocument("a", new BsonString(text)),
                    written(
                            out -> {
                                int document = out.beginDocument();
                                out.text("a", text);
                                out.end(document);
                            }),
                    text);
        }
    }

    @Test
    void whatAddsNothingHasNoEmptyParts() {
        var values = values(EventTopic.TOKEN_USAGE, "{ts: {$date: 1000}, error_type: 'timeout'}");
        var pending = pending(EventTopic.TOKEN_USAGE, values, Overflow.NONE);
        pending.add(new PendingUpdate.Entry(5, 0, values.values(), Amount.WHOLE));
        pending.leaveOut("requests");
        pending.leaveOut("errors");

        var change = written(pending).getDocument("u");

        assertFalse(change.containsKey("$inc"), change.toJson());
        assertFalse(change.containsKey("$min"), change.toJson());
        assertFalse(change.containsKey("$max"), change.toJson());
    }

    @Test
    void aSumThatGrowsByMuchIsGuardedToo() {
        var update =
                update(
                        EventTopic.GPU_METRICS,
                        Overflow.NONE,
                        "{gpu: 'g', ts: {$date: 1000}, power_w: 100000.0, interval_s: 3600.0}");

        long by = update.getDocument("u").getDocument("$inc").getInt64("energy_uj").getValue();
        assertEquals(
                Long.MAX_VALUE - by,
                update.getDocument("q")
                        .getDocument("energy_uj")
                        .getDocument("$not")
                        .getInt64("$gt")
                        .getValue());
    }

    @Test
    void foldedSeriesSayWhichLabelsTheyHaveNot() {
        var overflow = Overflow.NONE.and(gpuanalytics.event.TokenUsage.USER);
        var update =
                update(
                        EventTopic.TOKEN_USAGE,
                        overflow,
                        "{ts: {$date: 1000}, model: 'm', user: 'u', prompt_tokens: {$numberLong:"
                                + " '5'}}");

        var made = update.getDocument("u").getDocument("$setOnInsert");
        assertEquals(BsonDocument.parse("{folded: ['user']}").get("folded"), made.get("folded"));
        assertFalse(made.containsKey("user"), made.toJson());
    }

    private BsonDocument update(EventTopic topic, Overflow overflow, String document) {
        var values = values(topic, document);
        var pending = pending(topic, values, overflow);
        pending.add(new PendingUpdate.Entry(5, 0, values.values(), Amount.WHOLE));
        return written(pending);
    }

    private static StoredEvent values(EventTopic topic, String document) {
        return StoredEvent.of(
                topic, new RawBsonDocument(BsonDocument.parse(document), new BsonDocumentCodec()));
    }

    private static PendingUpdate pending(EventTopic topic, StoredEvent event, Overflow overflow) {
        var kind = RollupKind.of(topic);
        var bucket = Granularity.MINUTE.bucketOf(event.values().epochSecond());
        var key =
                new RollupKey(
                        kind, Granularity.MINUTE, bucket, overflow.series(event.values().labels()));
        return new PendingUpdate(key, "topic_0", event.values().labels(), overflow);
    }

    private BsonDocument written(PendingUpdate pending) {
        return written(out -> RollupUpdate.write(out, pending, pending.sums(math), NOW));
    }

    private static BsonDocument written(Consumer<BsonBytes> writing) {
        var bytes = new BsonBytes();
        writing.accept(bytes);
        var out = new BasicOutputBuffer();
        bytes.moveTo(out);
        return new RawBsonDocument(out.toByteArray()).decode(new BsonDocumentCodec());
    }
}
