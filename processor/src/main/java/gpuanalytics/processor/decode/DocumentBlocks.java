package gpuanalytics.processor.decode;

import java.util.concurrent.ArrayBlockingQueue;

/**
 * Where raw documents lie from when they are decoded until their batch is stored and gathered: many
 * in one array, and the arrays are used again. An array for each document was a quarter of all that
 * the processor allocated, and lived long enough to be copied by the collector. One thread adds;
 * any thread may let go.
 */
final class DocumentBlocks {

    static final int BLOCK_BYTES = 256 << 10;

    /** More than are full at the same time, unless the store is slow: then some are made anew. */
    private static final int MAX_KEPT = 64;

    private final ArrayBlockingQueue<DocumentBlock> idle = new ArrayBlockingQueue<>(MAX_KEPT);
    private DocumentBlock open = made();

    /** A block with room for a document of this length; a very long one has a block to itself. */
    DocumentBlock withRoomFor(int length) {
        if (length > BLOCK_BYTES / 4) {
            return new DocumentBlock(new byte[length], null);
        }
        if (!open.hasRoomFor(length)) {
            open.seal();
            var used = idle.poll();
            open = used == null ? made() : used.reopened();
        }
        return open;
    }

    /** Every row in a block is let go, and nothing more is added to it; any thread. */
    void takeBack(DocumentBlock block) {
        assert block.scrub();
        var _ = idle.offer(block); // beyond the limit it is garbage
    }

    private DocumentBlock made() {
        return new DocumentBlock(new byte[BLOCK_BYTES], this);
    }
}
