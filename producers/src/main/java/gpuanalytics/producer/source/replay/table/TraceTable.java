package gpuanalytics.producer.source.replay.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a text file, plain or gzipped, by the names of its columns. Reading may throw {@link
 * java.io.UncheckedIOException}.
 */
public sealed interface TraceTable extends AutoCloseable permits CsvTable, JsonTable {

    /** The names of the columns; none in an empty file. */
    List<String> header();

    /** The next row, or null at the end. */
    @Nullable Row next();

    @Override
    void close();

    /**
     * Opens a file: lines of cells between commas, semicolons, tabs or bars, or JSON.
     *
     * @throws UnusableContentException if it is no such text, saying what it is
     */
    static TraceTable open(Path file) throws IOException {
        var stream = unpacked(file);
        try {
            var head = head(stream);
            var kind = ContentKind.of(head);
            if (kind.isPresent()) {
                throw new UnusableContentException(kind.get().problem());
            }
            return isJson(head) ? JsonTable.open(stream, head) : CsvTable.open(stream);
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    /** The file's content, unpacked where it is gzipped. */
    static InputStream unpacked(Path file) throws IOException {
        var stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            stream.mark(2);
            int magic = stream.read() << 8 | stream.read();
            stream.reset();
            return magic == ContentKind.GZIP_MAGIC
                    ? new BufferedInputStream(new GZIPInputStream(stream, 1 << 16), 1 << 16)
                    : stream;
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    private static byte[] head(InputStream stream) throws IOException {
        stream.mark(ContentKind.HEAD_BYTES);
        var head = stream.readNBytes(ContentKind.HEAD_BYTES);
        stream.reset();
        return head;
    }

    private static boolean isJson(byte[] head) {
        var text = new String(head, UTF_8);
        int start = 0;
        while (start < text.length()
                && (Character.isWhitespace(text.charAt(start)) || text.charAt(start) == '\uFEFF')) {
            start++;
        }
        return start < text.length() && "{[".indexOf(text.charAt(start)) >= 0;
    }
}
