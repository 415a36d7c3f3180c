package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bson.Document;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is packed is what is read. */
class EntryBlockTest {

    private static final Instant HOUR = Instant.parse("2026-11-28T10:00:00Z");
    private static final List<String> TEXTS = List.of("", "a", "größe", "x".repeat(1000), "b|c");

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void entriesOfAllKindsAreReadAsTheyWere() {
        var entries = new LinkedHashMap<EntryKey, Amounts>();
        for (int i = 0; i < 2000; i++) {
            entries.put(key(), amounts());
        }

        assertEquals(entries, read(block(entries)), "seed " + seed);
    }

    @Test
    void theSmallestAndTheLargestNumbersFit() {
        var key = new EntryKey(Kind.USED, Gpu.NONE, HOUR, 0L, Group.owner(null, null));
        var amounts =
                new Amounts()
                        .add(Amount.REQUESTS, Long.MAX_VALUE)
                        .add(Amount.ERRORS, Long.MIN_VALUE)
                        .add(Amount.GAP_US, 0);

        assertEquals(Map.of(key, amounts), read(block(Map.of(key, amounts))));
    }

    @Test
    void anAmountThatOnlyALaterVersionKnowsIsLeftOut() {
        var key = new EntryKey(Kind.API, Gpu.NONE, HOUR, null, Group.owner("a", null));
        var block =
                block(Map.of(key, new Amounts().add(Amount.ERRORS, 7).add(Amount.REQUESTS, 300)));
        block.put("amounts", List.of("watts_of_tomorrow", "errors"));
        var one = read(block).get(key);

        assertEquals(new Amounts().add(Amount.ERRORS, 7), one);
    }

    @Test
    void bytesThatEndTooEarlyAreNotReadAsLess() {
        var block = block(Map.of(key(), new Amounts().add(Amount.REQUESTS, 1L << 40)));
        var packed = block.get("packed", Binary.class).getData();
        block.put("packed", new Binary(Arrays.copyOf(packed, packed.length - 1)));

        assertThrows(IndexOutOfBoundsException.class, () -> read(block));
    }

    @Test
    void anEntryThatWasStoredAsADocumentIsReadStill() {
        var document =
                new Document("kind", "used")
                        .append("gpu", "GPU-1")
                        .append("host", "node-1")
                        .append("gpu_model", "H100")
                        .append("from", Date.from(HOUR))
                        .append("provided_micro_usd", 2_500_000L)
                        .append("model", "llama")
                        .append("team", "search")
                        .append("requests", 3L)
                        .append("prompt_tokens", 0L);
        var key =
                new EntryKey(
                        Kind.USED,
                        new Gpu("GPU-1", "node-1", "H100"),
                        HOUR,
                        2_500_000L,
                        new Group("llama", "search", null, null, null));
        var amounts = new Amounts().add(Amount.REQUESTS, 3).add(Amount.PROMPT_TOKENS, 0);

        assertEquals(Map.of(key, amounts), read(document));
    }

    private static Document block(Map<EntryKey, Amounts> entries) {
        var writer = new EntryBlock.Writer();
        entries.forEach(writer::add);
        assertEquals(entries.size(), writer.entries());
        return writer.document();
    }

    private static Map<EntryKey, Amounts> read(Document block) {
        var read = new LinkedHashMap<EntryKey, Amounts>();
        EntryBlock.forEach(block, read::put);
        return read;
    }

    private EntryKey key() {
        var kinds = Kind.values();
        return new EntryKey(
                kinds[random.nextInt(kinds.length)],
                new Gpu(text(), text(), text()),
                HOUR.plusSeconds(60L * random.nextInt(3)),
                random.nextBoolean() ? null : random.nextLong(100_000_000),
                new Group(text(), text(), text(), text(), text()));
    }

    private @Nullable String text() {
        int i = random.nextInt(TEXTS.size() + 1);
        return i == TEXTS.size() ? null : TEXTS.get(i);
    }

    private Amounts amounts() {
        var amounts = new Amounts();
        for (var amount : Amount.values()) {
            if (random.nextBoolean()) {
                amounts.add(amount, random.nextLong() >> random.nextInt(Long.SIZE));
            }
        }
        return amounts;
    }
}
