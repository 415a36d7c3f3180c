package gpuanalytics.processor.query;

import gpuanalytics.processor.query.TokenReport.Row;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * Folds token rollups, which arrive in the order of time, into rows: holds the histograms of one
 * point's groups and of the total, and of all other points only the finished rows.
 */
final class TokenFold {

    private final TokenQuery query;
    private final Coverage coverage;
    private final QueryLimits limits;
    private final Instant now;

    private final List<Row> rows = new ArrayList<>();
    private final TokenSums totals = new TokenSums();
    private final Set<Group> seenGroups = new HashSet<>();
    private final TreeMap<Group, TokenSums> openGroups = new TreeMap<>();
    private Instant openPoint;

    TokenFold(TokenQuery query, Coverage coverage, QueryLimits limits, Instant now) {
        this.query = query.during(coverage.window());
        this.coverage = coverage;
        this.limits = limits;
        this.now = now;
        this.openPoint = coverage.window().from();
    }

    void add(Document rollup) {
        var point = query.window().pointOf(rollup.getDate(StoreLayout.BUCKET).toInstant());
        if (!point.equals(openPoint)) {
            closePoint();
            openPoint = point;
        }
        openGroups.computeIfAbsent(groupOf(rollup), this::newGroup).add(rollup);
        totals.add(rollup);
    }

    TokenReport report() {
        closePoint();
        var window = query.window();
        if (rows.isEmpty() && query.groupBy().isEmpty() && window.step() == null) {
            // a total over nothing is known: no requests
            rows.add(new Row(window.from(), List.of(), new TokenSums().counts(0)));
        }
        return new TokenReport(
                coverage, query.groupBy(), rows, totals.counts(window.elapsedSeconds(now)));
    }

    private TokenSums newGroup(Group group) {
        seenGroups.add(group);
        limits.checkGroups(seenGroups.size(), TokenQuery.text(query.groupBy()));
        limits.checkRows(rows.size() + openGroups.size() + 1, query.window());
        return new TokenSums();
    }

    private Group groupOf(Document rollup) {
        var values = new ArrayList<@Nullable String>(query.groupBy().size());
        for (var dimension : query.groupBy()) {
            values.add(rollup.getString(dimension.label()));
        }
        return new Group(values);
    }

    private void closePoint() {
        double elapsed = query.window().elapsedSeconds(openPoint, now);
        openGroups.forEach(
                (group, sums) -> {
                    if (!sums.isNothing()) {
                        rows.add(new Row(openPoint, group.values, sums.counts(elapsed)));
                    }
                });
        openGroups.clear();
    }

    /** The values that rows are grouped by; in order, those without a value come last. */
    private record Group(List<@Nullable String> values) implements Comparable<Group> {

        private static final Comparator<@Nullable String> BY_TEXT =
                Comparator.nullsLast(Comparator.<String>naturalOrder());

        @Override
        public int compareTo(Group other) {
            int compared = 0;
            for (int i = 0; i < values.size() && compared == 0; i++) {
                compared = BY_TEXT.compare(values.get(i), other.values.get(i));
            }
            return compared;
        }
    }
}
