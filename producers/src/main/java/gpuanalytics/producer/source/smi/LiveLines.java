package gpuanalytics.producer.source.smi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Lines out of bytes as they come. What lies beyond a limit in a line is passed over: one endless
 * line must not fill memory.
 */
final class LiveLines {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final byte[] begun;
    private int size;
    private boolean cut;
    private long number;

    LiveLines(int maxBytes) {
        this.begun = new byte[maxBytes];
    }

    /**
     * A line.
     *
     * @param number its number since reading has begun, from 1
     * @param text what it holds, without its end and a byte order mark
     * @param cut whether it was longer than the limit
     */
    record Line(long number, String text, boolean cut) {}

    /** The next line that ends among the bytes, or null where they end before it. */
    @Nullable Line next(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte one = bytes.get();
            if (one == '\n') {
                return taken();
            }
            if (one == 0) {
                // a file that was cut to nothing under its writer begins with a hole of zeros
                continue;
            }
            if (size == begun.length) {
                cut = true;
            } else {
                begun[size++] = one;
            }
        }
        return null;
    }

    /** Ends the line that has begun, as its end will not come; null where none has. */
    @Nullable Line unfinished() {
        return size == 0 && !cut ? null : taken();
    }

    private Line taken() {
        var text = new String(begun, 0, size, UTF_8).strip();
        var line =
                new Line(
                        ++number,
                        text.startsWith(BYTE_ORDER_MARK) ? text.substring(1).strip() : text,
                        cut);
        size = 0;
        cut = false;
        return line;
    }
}
