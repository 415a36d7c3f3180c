package gpuanalytics.placement.trace;

import java.util.List;
import java.util.Map;

/**
 * A row of a file.
 *
 * @param columns the place of each column by its name in lower case
 * @param cells what stands there
 */
record Row(Map<String, Integer> columns, List<String> cells) {

    private static final int MAX_SHOWN_CHARS = 40;

    /** The first of these columns that has something in this row; empty where none has. */
    String text(String... names) {
        for (var name : names) {
            var place = columns.get(name);
            if (place != null && place < cells.size() && !cells.get(place).isBlank()) {
                return cells.get(place).strip();
            }
        }
        return "";
    }

    /** A whole number that must be there. */
    int number(String name, int min, int max) throws BadCellException {
        var text = text(name);
        var expected = "a whole number from %d to %d".formatted(min, max);
        if (text.isEmpty()) {
            throw new BadCellException(name, "empty", expected);
        }
        try {
            // 1000 is written 1000.0 by what has passed through a table of floats
            int number = Integer.parseInt(text.endsWith(".0") ? withoutPoint(text) : text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException ignored) {
            // refused below, with the column's name
        }
        throw new BadCellException(name, shown(text), expected);
    }

    /** The same, or another number where the column or the cell is empty. */
    int numberOr(int absent, String name, int min, int max) throws BadCellException {
        return text(name).isEmpty() ? absent : number(name, min, max);
    }

    private static String withoutPoint(String text) {
        return text.substring(0, text.length() - 2);
    }

    private static String shown(String text) {
        return text.length() > MAX_SHOWN_CHARS ? text.substring(0, MAX_SHOWN_CHARS) + "…" : text;
    }
}
