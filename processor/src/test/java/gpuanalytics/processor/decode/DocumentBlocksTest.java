package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.TestRecords;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DocumentBlocksTest {

    private static final byte[] DOCUMENT = new byte[DocumentBlocks.BLOCK_BYTES / 8];
    private static final int IN_A_BLOCK = DocumentBlocks.BLOCK_BYTES / DOCUMENT.length;

    private final DocumentBlocks blocks = new DocumentBlocks();

    /** Batches are let go in any order, some of them never. */
    @Test
    void documentsStayUntilTheirRowsAreLetGoWhateverBecomesOfOthers() {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        var clock = Clock.fixed(TestRecords.APPENDED, ZoneOffset.UTC);
        var codec = new EventCodec(EventLimits.defaults());
        var decoder = new ScanningEventDecoder(codec, clock, Duration.ofSeconds(15));
        var plain = new CodecEventDecoder(codec, clock, Duration.ofSeconds(15));
        var held = new ArrayDeque<List<Row>>();
        var expected = new ArrayDeque<List<Row>>();
        long offset = 0;
        for (int batch = 0; batch < 200; batch++) {
            var rows = new ArrayList<Row>();
            var same = new ArrayList<Row>();
            for (int i = random.nextInt(1, 60); i > 0; i--) {
                var record = TestRecords.of(topic(offset), value(offset, random), offset, Map.of());
                rows.add((Row) decoder.decode(record));
                same.add((Row) plain.decode(record));
                offset++;
            }
            held.add(rows);
            expected.add(same);
            while (held.size() > random.nextInt(1, 12)) {
                var oldest = held.remove();
                assertAlike(expected.remove(), oldest, seed);
                Row.letGo(oldest);
            }
        }
        while (!held.isEmpty()) {
            assertAlike(expected.remove(), held.remove(), seed);
        }
    }

    @Test
    void aBlockIsUsedAgainWhenAllOfItIsLetGoAndNoEarlier() {
        var first = fill();
        first.letGo(IN_A_BLOCK - 1);
        var second = fill();
        assertNotSame(first, second);

        first.letGo(1);

        assertNotSame(first, fill()); // that one was open already
        assertSame(first, blocks.withRoomFor(DOCUMENT.length));
    }

    @Test
    void aBlockThatIsStillAddedToIsNotTakenBack() {
        var open = blocks.withRoomFor(DOCUMENT.length);
        open.add(DOCUMENT, DOCUMENT.length);
        open.letGo(1);

        assertSame(open, blocks.withRoomFor(DOCUMENT.length));
        assertEquals(DOCUMENT.length, open.add(DOCUMENT, DOCUMENT.length));
    }

    @Test
    void aLongDocumentHasABlockToItself() {
        int length = DocumentBlocks.BLOCK_BYTES + 1;
        var block = blocks.withRoomFor(length);

        assertEquals(0, block.add(new byte[length], length));
        block.letGo(1);

        assertNotSame(block, blocks.withRoomFor(length));
        assertTrue(blocks.withRoomFor(1).hasRoomFor(DOCUMENT.length));
    }

    /** So that every test that runs rows through the processor tells who reads them too late. */
    @Test
    void whatIsTakenBackIsOverwrittenWhereAssertionsAreOn() {
        var block = fill();
        var before = block.bytes().clone();

        block.letGo(IN_A_BLOCK);

        assertNotEquals(before[0], block.bytes()[0]);
        assertNotEquals(0, block.bytes()[DocumentBlocks.BLOCK_BYTES - 1]);
    }

    /** A block that is full and has been followed by another. */
    private DocumentBlock fill() {
        var block = blocks.withRoomFor(DOCUMENT.length);
        while (block.hasRoomFor(DOCUMENT.length)) {
            block.add(DOCUMENT, DOCUMENT.length);
        }
        assertNotSame(block, blocks.withRoomFor(DOCUMENT.length));
        return block;
    }

    private static EventTopic topic(long offset) {
        return offset % 3 == 0 ? EventTopic.TOKEN_USAGE : EventTopic.GPU_METRICS;
    }

    private static byte[] value(long offset, Random random) {
        var text = "x".repeat(random.nextInt(120));
        var id = random.nextInt(4) == 0 ? "\"event_id\":\"e%d\",".formatted(offset) : "";
        var json =
                switch (topic(offset)) {
                    case GPU_METRICS ->
                            "{%s\"ts\":\"2026-01-31T11:59:%02dZ\",\"gpu_uuid\":\"GPU-%d\",\"name\":\"H100\",\"host\":\"h%s\",\"power_w\":%d}";
                    case TOKEN_USAGE ->
                            "{%s\"ts\":\"2026-01-31T11:59:%02dZ\",\"request_id\":\"r%d\",\"model\":\"m%s\",\"prompt_tokens\":%d}";
                };
        return json.formatted(id, offset % 60, offset, text, random.nextInt(700)).getBytes(UTF_8);
    }

    private static void assertAlike(List<Row> expected, List<Row> actual, long seed) {
        for (int i = 0; i < expected.size(); i++) {
            var wanted = expected.get(i);
            var row = actual.get(i);
            assertEquals(wanted.id(), row.id(), "seed " + seed);
            assertEquals(wanted.givenId(), row.givenId(), "seed " + seed);
            assertEquals(wanted.document(), row.document(), "seed " + seed);
        }
    }
}
