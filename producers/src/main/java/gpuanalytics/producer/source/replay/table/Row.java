package gpuanalytics.producer.source.replay.table;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row below the header, or what stands in a row's place and is none. */
public final class Row {

    private final long number;
    private final long line;
    private final Map<String, Integer> columns;
    private final List<String> cells;
    private final @Nullable BadCell defect;

    private Row(
            long number,
            long line,
            Map<String, Integer> columns,
            List<String> cells,
            @Nullable BadCell defect) {
        this.number = number;
        this.line = line;
        this.columns = columns;
        this.cells = cells;
        this.defect = defect;
    }

    static Row of(long number, long line, Map<String, Integer> columns, List<String> cells) {
        return new Row(number, line, columns, cells, null);
    }

    static Row defective(long number, long line, DropReason reason, String detail) {
        return new Row(number, line, Map.of(), List.of(), new BadCell(reason, detail));
    }

    /** Its number below the header, from 1; empty lines do not count. */
    public long number() {
        return number;
    }

    /** The line of the file in which it begins, from 1. */
    public long line() {
        return line;
    }

    /**
     * Checks that it is a row.
     *
     * @throws BadCell saying why it is none
     */
    public void check() throws BadCell {
        if (defect != null) {
            throw defect;
        }
    }

    /** The value in a column, or null where there is none. */
    public @Nullable String get(String column) {
        var index = columns.get(column);
        if (index == null || index >= cells.size()) {
            return null;
        }
        var cell = cells.get(index);
        return cell.isEmpty() ? null : cell;
    }

    /** All that is in it, as one text. */
    public String content() {
        return String.join("\u001f", cells);
    }
}
