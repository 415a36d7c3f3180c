package gpuanalytics.processor.query;

import gpuanalytics.processor.query.TokenReport.Counts;
import gpuanalytics.processor.query.TokenReport.Rest;
import gpuanalytics.processor.query.TokenReport.Row;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rows of one page among all rows of an answer, which come in any order, and adds up the
 * others: holds no more than a page of them.
 */
final class RowPage {

    /** A row of the page; its sums are there as long as it may still have to make room. */
    private record Kept(RowKey key, Counts counts, @Nullable TokenSums sums) {}

    private final Paging paging;
    private final TreeSet<Kept> kept;
    private final TokenSums restSums = new TokenSums();
    private long rest;
    private boolean hasMore;

    RowPage(Paging paging) {
        this.paging = paging;
        this.kept = new TreeSet<>(Comparator.comparing(Kept::key, paging.order()::compare));
    }

    /** How many rows it has so far. */
    int size() {
        return kept.size();
    }

    void add(RowKey key, Counts counts, TokenSums sums) {
        var limit = paging.limit();
        var after = paging.after();
        if (after != null && paging.order().compare(key, after) <= 0) {
            addToRest(sums);
            return;
        }
        kept.add(new Kept(key, counts, limit == null ? null : sums));
        if (limit != null && kept.size() > limit) {
            hasMore = true;
            var last = kept.pollLast();
            if (last != null && last.sums != null) {
                addToRest(last.sums);
            }
        }
    }

    List<Row> rows() {
        return kept.stream()
                .map(row -> new Row(row.key.start(), row.key.group(), row.counts))
                .toList();
    }

    /** All rows that the page does not have; null where it has all. */
    @Nullable Rest rest(double elapsedSeconds) {
        return rest == 0 ? null : new Rest(rest, restSums.counts(elapsedSeconds));
    }

    /** The last row of the page, where others follow it; else null. */
    @Nullable RowKey next() {
        return hasMore && !kept.isEmpty() ? kept.last().key : null;
    }

    private void addToRest(TokenSums sums) {
        rest++;
        restSums.add(sums);
    }
}
