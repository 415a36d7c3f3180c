package gpuanalytics.processor.decode;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An array with the raw documents of many rows, which goes back to its {@link DocumentBlocks} when
 * all of them are let go. One thread adds; any thread may read what is in it and let go.
 */
final class DocumentBlock {

    /** Held by whoever adds, beside the rows: more than there can ever be of these. */
    private static final int OPEN = 1 << 30;

    private final byte[] bytes;
    private final @Nullable DocumentBlocks home;
    private final AtomicInteger holders = new AtomicInteger(OPEN);

    // Of the thread that adds.
    private int used;
    private int added;

    /**
     * @param home takes it back; null where nobody does
     */
    DocumentBlock(byte[] bytes, @Nullable DocumentBlocks home) {
        this.bytes = bytes;
        this.home = home;
    }

    /** The array; of a block that was taken back, of no meaning. */
    byte[] bytes() {
        return bytes;
    }

    boolean hasRoomFor(int length) {
        return bytes.length - used >= length;
    }

    /** Adds the document that begins an array; returns where it lies. */
    int add(byte[] document, int length) {
        int from = used;
        System.arraycopy(document, 0, bytes, from, length);
        used += length;
        added++;
        return from;
    }

    /** Nothing more is added. */
    void seal() {
        release(OPEN - added);
    }

    /** So many rows are done with their documents. */
    void letGo(int rows) {
        if (home != null) {
            release(rows);
        }
    }

    /** As new, for the thread that adds. */
    DocumentBlock reopened() {
        used = 0;
        added = 0;
        holders.set(OPEN);
        return this;
    }

    /** Overwrites all, so that a test finds out who still reads it. */
    boolean scrub() {
        Arrays.fill(bytes, (byte) 0xEE);
        return true;
    }

    private void release(int count) {
        if (holders.addAndGet(-count) == 0 && home != null) {
            home.takeBack(this);
        }
    }
}
