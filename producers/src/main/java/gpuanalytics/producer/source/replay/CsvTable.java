package gpuanalytics.producer.source.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a CSV file, plain or gzipped, by the names in its first line. LF or CRLF, with or
 * without a byte order mark or a newline at the end.
 *
 * <p>A line is a row, whatever quotes are in it: a defect stays in its row.
 */
final class CsvTable implements AutoCloseable {

    /** What lies beyond in a line is cut off; a file of one endless line must not fill memory. */
    static final int MAX_LINE_CHARS = 64 * 1024;

    private static final int GZIP_MAGIC = 0x1f8b;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT
                    .builder()
                    .setQuote(null)
                    .setTrim(true)
                    .setIgnoreEmptyLines(true)
                    .get();

    /** A row below the header. */
    static final class Row {

        private final Map<String, Integer> columns;
        private final CSVRecord cells;
        private final long number;

        private Row(Map<String, Integer> columns, CSVRecord cells, long number) {
            this.columns = columns;
            this.cells = cells;
            this.number = number;
        }

        /** Its number below the header, from 1; empty lines do not count. */
        long number() {
            return number;
        }

        /** The value in a column, or null where there is none. */
        @Nullable String get(String column) {
            var index = columns.get(column);
            if (index == null || index >= cells.size()) {
                return null;
            }
            var cell = unquoted(cells.get(index));
            return cell.isEmpty() ? null : cell;
        }
    }

    private final CSVParser parser;
    private final Iterator<CSVRecord> records;
    private final List<String> header;
    private final Map<String, Integer> columns = new HashMap<>();
    private long rows;

    private CsvTable(CSVParser parser) {
        this.parser = parser;
        this.records = parser.iterator();
        this.header =
                records.hasNext()
                        ? records.next().stream().map(CsvTable::unquoted).toList()
                        : List.of();
        for (int index = 0; index < header.size(); index++) {
            columns.putIfAbsent(header.get(index), index);
        }
    }

    static CsvTable open(Path file) throws IOException {
        var reader = new InputStreamReader(bytes(file), UTF_8);
        try {
            return new CsvTable(CSVParser.parse(new LineLimit(reader), FORMAT));
        } catch (UncheckedIOException e) {
            reader.close();
            throw e.getCause();
        }
    }

    /** The file's content, unpacked where it is gzipped. */
    static InputStream bytes(Path file) throws IOException {
        var stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        stream.mark(2);
        int magic = stream.read() << 8 | stream.read();
        stream.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(stream, 1 << 16) : stream;
    }

    /** The names in the first line; none in an empty file. */
    List<String> header() {
        return header;
    }

    /** The next row, or null at the end. */
    @Nullable Row next() {
        return records.hasNext() ? new Row(columns, records.next(), ++rows) : null;
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String unquoted(String cell) {
        boolean quoted = cell.length() >= 2 && cell.startsWith("\"") && cell.endsWith("\"");
        return quoted ? cell.substring(1, cell.length() - 1).strip() : cell;
    }

    /** Cuts lines at {@link #MAX_LINE_CHARS} and takes a byte order mark away. */
    private static final class LineLimit extends FilterReader {

        private long position;
        private int column;

        LineLimit(Reader in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var one = new char[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            int kept = 0;
            while (kept == 0) {
                int read = in.read(buffer, offset, length);
                if (read < 0) {
                    return -1;
                }
                for (int index = offset; index < offset + read; index++) {
                    if (keeps(buffer[index])) {
                        buffer[offset + kept++] = buffer[index];
                    }
                }
            }
            return kept;
        }

        private boolean keeps(char character) {
            if (position++ == 0 && character == BYTE_ORDER_MARK) {
                return false;
            }
            if (character == '\n' || character == '\r') {
                column = 0;
                return true;
            }
            return ++column <= MAX_LINE_CHARS;
        }
    }
}
