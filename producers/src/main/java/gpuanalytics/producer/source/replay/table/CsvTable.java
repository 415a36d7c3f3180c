package gpuanalytics.producer.source.replay.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.jspecify.annotations.Nullable;

/**
 * Lines of cells by the names in the first line. Cells lie between commas, semicolons, tabs or
 * bars: whichever gives the first line the most, or what a line {@code sep=;} before it says.
 *
 * <p>A line is a row, whatever quotes are in it, so that a defect stays in its row; only where a
 * quoted cell goes on in the next lines, and all together make a whole row, do they.
 */
final class CsvTable implements TraceTable {

    private static final List<Character> DELIMITERS = List.of(',', ';', '\t', '|');

    /** As spreadsheets write it to tell each other; a quote separates nothing. */
    private static final Pattern SEPARATOR_LINE =
            Pattern.compile("\"?sep=(?!\")(.)\"?", Pattern.CASE_INSENSITIVE);

    private static final int MAX_LINES_OF_A_ROW = 200;
    private static final char QUOTE = '"';

    private final Lines lines;
    private final CSVFormat format;
    private final char delimiter;
    private final CsvHeader header;
    private long rows;

    private CsvTable(Lines lines) {
        this.lines = lines;
        var first = nextLine();
        var said = first == null ? Optional.<Character>empty() : separator(first);
        if (said.isPresent()) {
            first = nextLine();
        }
        var headerText = first == null ? "" : first.text();
        this.delimiter = said.orElseGet(() -> mostCells(headerText));
        this.format = format(delimiter);
        this.header = new CsvHeader(first == null ? List.of() : cells(headerText));
    }

    static CsvTable open(InputStream stream) throws IOException {
        try {
            return new CsvTable(new Lines(new InputStreamReader(stream, UTF_8)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Optional<Character> separator(Lines.Line line) {
        var text = line.text();
        // the tab that it names is white space
        Matcher matcher = SEPARATOR_LINE.matcher(text.endsWith("\t") ? text : text.strip());
        return matcher.matches() ? Optional.of(matcher.group(1).charAt(0)) : Optional.empty();
    }

    private static char mostCells(String header) {
        return DELIMITERS.stream()
                .max(
                        Comparator.<Character>comparingInt(
                                        delimiter ->
                                                split(header, format(delimiter), delimiter).size())
                                .thenComparingInt(delimiter -> -DELIMITERS.indexOf(delimiter)))
                .orElseThrow();
    }

    private static CSVFormat format(char delimiter) {
        return CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter)
                .setIgnoreSurroundingSpaces(true)
                .get();
    }

    @Override
    public List<String> header() {
        return header.names();
    }

    @Override
    public @Nullable Row next() {
        for (var line = nextLine(); line != null; line = nextLine()) {
            if (line.cut()) {
                return Row.defective(
                        ++rows,
                        line.number(),
                        DropReason.LINE_TOO_LONG,
                        "the line is longer than %,d characters: %s"
                                .formatted(Lines.MAX_CHARS, Cells.shown(line.text())));
            }
            var cells = rowCells(line);
            if (cells.stream().anyMatch(cell -> !cell.isEmpty())) {
                return header.row(++rows, line.number(), line.text(), cells);
            }
        }
        return null;
    }

    private Lines.@Nullable Line nextLine() {
        var line = lines.next();
        while (line != null && line.text().isBlank()) {
            line = lines.next();
        }
        return line;
    }

    private List<String> rowCells(Lines.Line line) {
        return isOpen(line.text()) ? overSeveralLines(line) : cells(line.text());
    }

    /** Whether a quoted cell may go on in the next line. */
    private static boolean isOpen(String text) {
        return (text.chars().filter(character -> character == QUOTE).count() & 1) == 1;
    }

    private List<String> overSeveralLines(Lines.Line line) {
        var text = new StringBuilder(line.text());
        var taken = new ArrayList<Lines.Line>();
        for (var more = lines.next(); more != null; more = lines.next()) {
            taken.add(more);
            text.append('\n').append(more.text());
            if (isOpen(more.text())) {
                var cells = quoted(text.toString(), format);
                if (cells.isPresent() && cells.get().size() == header.names().size()) {
                    return cells.get();
                }
                break;
            }
            if (taken.size() == MAX_LINES_OF_A_ROW
                    || text.length() > Lines.MAX_CHARS
                    || more.cut()
                    || cells(more.text()).size() == header.names().size()) {
                break;
            }
        }
        lines.putBack(taken);
        return cells(line.text());
    }

    private List<String> cells(String text) {
        return split(text, format, delimiter);
    }

    /** The cells of a text; a quote that is none belongs to its cell. */
    private static List<String> split(String text, CSVFormat format, char delimiter) {
        return text.indexOf(QUOTE) < 0
                ? CsvHeader.cells(text, delimiter)
                : quoted(text, format).orElseGet(() -> CsvHeader.cells(text, delimiter));
    }

    private static Optional<List<String>> quoted(String text, CSVFormat format) {
        try (var parser = CSVParser.parse(text, format)) {
            var records = parser.getRecords();
            return records.size() == 1
                    ? Optional.of(records.getFirst().stream().map(String::strip).toList())
                    : Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        lines.close();
    }
}
