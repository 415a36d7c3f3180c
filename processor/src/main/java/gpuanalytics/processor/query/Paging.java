package gpuanalytics.processor.query;

import org.jspecify.annotations.Nullable;

/**
 * Which rows of an answer are shown, and in which order.
 *
 * @param limit the most rows; null for all, of which there may not be too many
 * @param order the order of all rows
 * @param after the last row of the page before; null for the first page
 */
public record Paging(@Nullable Integer limit, TokenOrder order, @Nullable RowKey after) {

    /** Every row, by time and then by group. */
    public static Paging all() {
        return new Paging(null, TokenOrder.byTime(), null);
    }

    boolean isLimited() {
        return limit != null;
    }
}
