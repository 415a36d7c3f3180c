package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.Measures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was used, by time and group. A group has no row for a step without a request; without groups
 * and steps there is always one row.
 *
 * @param coverage when, as it was answered
 * @param groupBy what the rows are grouped by
 * @param rows in the order that was asked for, else by time and then by group; a value of a group
 *     is one of {@link GroupValue}
 * @param totals all rows together, shown or not
 * @param rest all rows that are not shown; null where all are
 * @param next the last row shown, where others follow it; else null
 * @param notes what its reader must know
 */
public record TokenReport(
        Coverage coverage,
        List<TokenDimension> groupBy,
        List<Row> rows,
        Counts totals,
        @Nullable Rest rest,
        @Nullable RowKey next,
        TokenNotes notes) {

    /** All rows, with nothing to note. */
    public TokenReport(
            Coverage coverage, List<TokenDimension> groupBy, List<Row> rows, Counts totals) {
        this(coverage, groupBy, rows, totals, null, null, TokenNotes.NONE);
    }

    public TokenReport {
        groupBy = List.copyOf(groupBy);
        rows = List.copyOf(rows);
    }

    /** The time that is answered, which may be more than what was asked for. */
    public QueryWindow window() {
        return coverage.window();
    }

    /**
     * One group in one step.
     *
     * @param start the step's start
     * @param group the group's values, see {@link GroupValue}, in the order of the report's {@code
     *     groupBy}; null where its usages have none
     * @param counts what it used
     */
    public record Row(Instant start, List<@Nullable String> group, Counts counts) {

        public Row {
            // List.copyOf takes no null
            group = Collections.unmodifiableList(new ArrayList<>(group));
        }
    }

    /**
     * The rows that are not shown, together.
     *
     * @param rows how many they are
     * @param counts what they used
     */
    public record Rest(long rows, Counts counts) {}

    /**
     * Requests and tokens.
     *
     * @param requests how many
     * @param errors how many attempts failed, be it that a later one succeeded
     * @param attempts the requests, and the failed attempts whose requests came to another end
     * @param readings what they took, of {@link Measures#TOKEN}
     * @param tokensPerSecond prompt and completion tokens by the seconds of the step that have
     *     passed; null when no request says either
     */
    public record Counts(
            long requests,
            long errors,
            long attempts,
            Readings readings,
            @Nullable Double tokensPerSecond) {}
}
