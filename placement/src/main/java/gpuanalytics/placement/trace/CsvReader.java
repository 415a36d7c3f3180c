package gpuanalytics.placement.trace;

import gpuanalytics.service.text.Printable;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads a CSV file whose header names its columns, in any order and beside any others.
 *
 * @param name the file's name, for messages
 * @param required the columns that it must have
 * @param maxRows the most rows that are taken
 */
record CsvReader(String name, List<String> required, int maxRows) {

    private static final char BYTE_ORDER_MARK = '\ufeff';

    /** What a row means. */
    interface RowReader<T> {
        T read(Row row) throws BadCellException;
    }

    /**
     * Reads all rows.
     *
     * @throws BadInputException where there is no header, a column is missing, there are too many
     *     rows, or none can be used
     */
    <T> TraceFile<T> read(Reader text, RowReader<T> reader) throws BadInputException {
        try (var parser = CSVParser.builder().setReader(text).setFormat(format()).get()) {
            var records = parser.iterator();
            if (!records.hasNext()) {
                throw bad("line 1 is empty, expected a header with " + required);
            }
            return rows(columns(records.next()), parser, records, reader);
        } catch (UncheckedIOException e) {
            throw bad("is no CSV, expected rows of cells: " + e.getMessage());
        } catch (IOException e) {
            throw bad("cannot be read: " + e.getMessage());
        }
    }

    private static CSVFormat format() {
        return CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get();
    }

    private <T> TraceFile<T> rows(
            Map<String, Integer> columns,
            CSVParser parser,
            Iterator<CSVRecord> records,
            RowReader<T> reader)
            throws BadInputException {
        var rows = new ArrayList<T>();
        var dropped = new ArrayList<String>();
        while (records.hasNext()) {
            var cells = records.next().toList();
            if (rows.size() + dropped.size() == maxRows) {
                throw bad("has more rows, expected at most " + maxRows);
            }
            try {
                rows.add(reader.read(new Row(columns, cells)));
            } catch (BadCellException e) {
                dropped.add(
                        line(
                                "line %d: %s"
                                        .formatted(parser.getCurrentLineNumber(), e.getMessage())));
            }
        }
        if (rows.isEmpty()) {
            throw dropped.isEmpty()
                    ? bad("line 2 is missing, expected rows below the header")
                    : new BadInputException(dropped.getFirst());
        }
        return new TraceFile<>(name, rows, dropped);
    }

    private Map<String, Integer> columns(CSVRecord header) throws BadInputException {
        var columns = new HashMap<String, Integer>();
        for (int place = 0; place < header.size(); place++) {
            var column = header.get(place).replace(BYTE_ORDER_MARK, ' ').strip();
            if (columns.put(column.toLowerCase(Locale.ROOT), place) != null) {
                throw bad("line 1: column %s is there twice, expected once".formatted(column));
            }
        }
        for (var column : required) {
            if (!columns.containsKey(column)) {
                throw bad(
                        "line 1: column %s is missing among %s, expected it by this name"
                                .formatted(column, String.join(",", header.toList())));
            }
        }
        return columns;
    }

    private BadInputException bad(String what) {
        return new BadInputException(line(what));
    }

    /** What may stand in a file must not steer a terminal. */
    private String line(String what) {
        return Printable.of(name + " " + what);
    }
}
