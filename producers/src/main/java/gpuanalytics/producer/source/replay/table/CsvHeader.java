package gpuanalytics.producer.source.replay.table;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of columns, and what the rows below them are. */
public final class CsvHeader {

    private static final char QUOTE = '"';

    private final List<String> names;
    private final Map<String, Integer> columns = new HashMap<>();

    /** Columns with the names in a line's cells. */
    public CsvHeader(List<String> cells) {
        this.names = withoutEmptyEnd(cells);
        for (int index = 0; index < names.size(); index++) {
            columns.putIfAbsent(names.get(index), index);
        }
    }

    /** The names. */
    public List<String> names() {
        return names;
    }

    /**
     * The row that a line is, which is defective where it has too few cells or too many.
     *
     * @param number its number below the header
     * @param line the number of its line
     * @param text the line
     * @param cells what it holds
     */
    public Row row(long number, long line, String text, List<String> cells) {
        int size = withoutEmptyEnd(cells).size();
        if (cells.size() >= names.size() && size <= names.size()) {
            return Row.of(number, line, columns, cells);
        }
        boolean few = cells.size() < names.size();
        return Row.defective(
                number,
                line,
                few ? DropReason.TOO_FEW_CELLS : DropReason.TOO_MANY_CELLS,
                (few
                                ? "the row has %d of the header's %d cells: %s"
                                : "the row has %d cells, expected the header's %d: %s")
                        .formatted(cells.size(), names.size(), Cells.shown(text)));
    }

    private static List<String> withoutEmptyEnd(List<String> cells) {
        int size = cells.size();
        while (size > 0 && cells.get(size - 1).isEmpty()) {
            size--;
        }
        return List.copyOf(cells.subList(0, size));
    }

    /** The cells of a line in which a delimiter always separates, also between quotes. */
    public static List<String> cells(String text, char delimiter) {
        var cells = new ArrayList<String>();
        int start = 0;
        for (int end = text.indexOf(delimiter); end >= 0; end = text.indexOf(delimiter, start)) {
            cells.add(unquoted(text.substring(start, end).strip()));
            start = end + 1;
        }
        cells.add(unquoted(text.substring(start).strip()));
        return cells;
    }

    private static String unquoted(String cell) {
        boolean quoted =
                cell.length() >= 2
                        && cell.charAt(0) == QUOTE
                        && cell.endsWith(String.valueOf(QUOTE));
        return quoted ? cell.substring(1, cell.length() - 1).strip() : cell;
    }
}
