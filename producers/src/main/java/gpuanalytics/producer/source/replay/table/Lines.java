package gpuanalytics.producer.source.replay.table;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a text, ended by LF, CRLF or CR, without a byte order mark. What lies beyond a limit
 * in a line is passed over: a file of one endless line must not fill memory.
 */
final class Lines implements AutoCloseable {

    /** The most characters of a line that are kept. */
    static final int MAX_CHARS = 1 << 20;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /**
     * A line.
     *
     * @param number its number, from 1
     * @param text what it holds, without its end
     * @param cut whether it was longer than the limit
     */
    record Line(long number, String text, boolean cut) {}

    private final Reader reader;
    private final char[] buffer = new char[16 * 1024];
    private final Deque<Line> putBack = new ArrayDeque<>();
    private int position;
    private int filled;
    private long number;
    private boolean afterCarriageReturn;

    Lines(Reader reader) {
        this.reader = reader;
    }

    /** The next line, or null at the end. */
    @Nullable Line next() {
        var before = putBack.poll();
        if (before != null) {
            return before;
        }
        try {
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives lines back, in their order, to be read again. */
    void putBack(List<Line> lines) {
        lines.reversed().forEach(putBack::addFirst);
    }

    private @Nullable Line read() throws IOException {
        var text = new StringBuilder();
        boolean cut = false;
        boolean any = false;
        while (position < filled || fill()) {
            char character = buffer[position++];
            if (character == '\n' && afterCarriageReturn) {
                afterCarriageReturn = false;
                continue;
            }
            afterCarriageReturn = character == '\r';
            if (character == '\n' || character == '\r') {
                return new Line(++number, text.toString(), cut);
            }
            any = true;
            if (text.length() == MAX_CHARS) {
                cut = true;
            } else if (character != BYTE_ORDER_MARK || number > 0 || !text.isEmpty()) {
                text.append(character);
            }
        }
        return any ? new Line(++number, text.toString(), cut) : null;
    }

    private boolean fill() throws IOException {
        position = 0;
        filled = Math.max(0, reader.read(buffer, 0, buffer.length));
        return filled > 0;
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
