package gpuanalytics.processor.bill;

import java.io.IOException;
import java.io.Reader;

/** Text of bounded length, in lines of bounded length: a quote that never ends fills no memory. */
final class BoundedText extends Reader {

    /** As long as a report with all its columns and tags, many times over. */
    static final int MAX_LINE_CHARS = 1 << 20;

    private final Reader text;
    private final long maxChars;
    private long read;
    private long lineStart;

    /** More than there may be. */
    static final class TooLongException extends IOException {

        private static final long serialVersionUID = 1;

        TooLongException(String message) {
            super(message);
        }
    }

    BoundedText(Reader text, long maxChars) {
        this.text = text;
        this.maxChars = maxChars;
    }

    /** Tells that a line has been read. */
    void endLine() {
        lineStart = read;
    }

    @Override
    public int read(char[] chars, int from, int length) throws IOException {
        int got = text.read(chars, from, length);
        read += Math.max(0, got);
        if (read > maxChars) {
            throw new TooLongException(
                    "longer than %d characters when it is unpacked".formatted(maxChars));
        }
        if (read - lineStart > MAX_LINE_CHARS) {
            throw new TooLongException(
                    "one line of more than %d characters".formatted(MAX_LINE_CHARS));
        }
        return got;
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
