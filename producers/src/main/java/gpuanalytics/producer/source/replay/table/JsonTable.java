package gpuanalytics.producer.source.replay.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON objects as rows: one in each line, or in the arrays of a document. The header is the names
 * that the first rows have.
 */
final class JsonTable implements TraceTable {

    /** Rows whose names make the header; what they leave out is absent in it. */
    private static final int ROWS_OF_THE_HEADER = 20;

    private static final int MAX_NAMES = 1000;

    private final AutoCloseable input;
    private final JsonRows rows;
    private final Deque<Row> ahead = new ArrayDeque<>();
    private final List<String> header;
    private long number;

    private JsonTable(AutoCloseable input, JsonRows rows) {
        this.input = input;
        this.rows = rows;
        var names = new LinkedHashSet<String>();
        for (int count = 0; count < ROWS_OF_THE_HEADER; count++) {
            var next = rows.next();
            if (next == null) {
                break;
            }
            if (next.values() != null && names.size() < MAX_NAMES) {
                names.addAll(next.values().keySet());
            }
            ahead.add(row(next));
        }
        this.header = List.copyOf(names);
    }

    static JsonTable open(InputStream stream, byte[] head) throws IOException {
        var reader = new InputStreamReader(stream, UTF_8);
        try {
            if (new String(head, UTF_8).startsWith("\uFEFF")) {
                var _ = reader.read(); // a byte order mark
            }
            if (isLines(head)) {
                var lines = new Lines(reader);
                return new JsonTable(lines, new JsonLines(lines));
            }
            var document = new JsonDocument(reader);
            return new JsonTable(document, document);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Whether the first line is an object of its own, and no page that holds all the others. */
    private static boolean isLines(byte[] head) {
        var text = new String(head, UTF_8);
        var start = text.startsWith("\uFEFF") ? text.substring(1) : text;
        int end = start.stripLeading().indexOf('\n');
        if (end < 0) {
            return false;
        }
        var line = start.stripLeading().substring(0, end).strip();
        return line.startsWith("{") && line.endsWith("}") && !isPage(line);
    }

    private static boolean isPage(String line) {
        try {
            return JsonObjects.isPage(line);
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> header() {
        return header;
    }

    @Override
    public @Nullable Row next() {
        var first = ahead.poll();
        if (first != null) {
            return first;
        }
        var next = rows.next();
        return next == null ? null : row(next);
    }

    private Row row(JsonRows.JsonRow row) {
        var values = row.values();
        if (values == null) {
            return Row.defective(++number, row.line(), row.reason(), row.detail());
        }
        Map<String, Integer> columns = HashMap.newHashMap(values.size());
        var cells = new ArrayList<String>(values.size());
        values.forEach(
                (name, value) -> {
                    columns.put(name, cells.size());
                    cells.add(value);
                });
        return Row.of(++number, row.line(), columns, cells);
    }

    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
