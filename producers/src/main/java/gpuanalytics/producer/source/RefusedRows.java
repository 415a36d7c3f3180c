package gpuanalytics.producer.source;

/**
 * Rows of input that gave no event, all for one reason.
 *
 * @param reason its name
 * @param rows how many
 * @param first the first of them: its line, its file, the value and what was expected
 */
public record RefusedRows(String reason, long rows, String first) {

    /** All of it in one line that is safe for a terminal. */
    @Override
    public String toString() {
        return "refused %,d %s: %s, the first in %s"
                .formatted(rows, rows == 1 ? "row" : "rows", reason, first);
    }
}
