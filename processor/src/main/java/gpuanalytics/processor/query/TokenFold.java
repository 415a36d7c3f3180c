package gpuanalytics.processor.query;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Folds token rollups, which arrive in the order of time, into rows: holds the sums of one point's
 * groups and of the total, and of all other points only the finished rows, or those of a page.
 */
final class TokenFold {

    private final TokenQuery query;
    private final UsageLabels labels;
    private final Coverage coverage;
    private final QueryLimits limits;
    private final Instant now;
    private final boolean isLimited;

    private final RowPage page;
    private final TokenSums totals = new TokenSums();
    private final Set<Group> seenGroups = new HashSet<>();
    private final Map<Group, TokenSums> openGroups = new HashMap<>();
    private Instant openPoint;
    private Instant openEnd;

    TokenFold(
            TokenQuery query,
            UsageLabels labels,
            Coverage coverage,
            QueryLimits limits,
            Instant now) {
        this.query = query.during(coverage.window());
        this.labels = labels;
        this.coverage = coverage;
        this.limits = limits;
        this.now = now;
        this.isLimited = query.paging().isLimited();
        this.page = new RowPage(query.paging());
        this.openPoint = coverage.window().from();
        this.openEnd = openPoint;
    }

    void add(TokenRollup rollup) {
        if (!labels.matches(rollup)) {
            return;
        }
        var bucket = rollup.bucket();
        if (!bucket.isBefore(openEnd)) {
            closePoint();
            openPoint = query.window().pointOf(bucket);
            openEnd = query.window().endOf(openPoint);
        }
        openGroups.computeIfAbsent(groupOf(rollup), this::newGroup).add(rollup);
    }

    TokenReport report() {
        closePoint();
        var window = query.window();
        double elapsed = window.elapsedSeconds(now);
        var rows = page.rows();
        var rest = isLimited ? page.rest(elapsed) : null;
        if (rows.isEmpty()
                && rest == null
                && query.groupBy().isEmpty()
                && window.step() instanceof Step.Total) {
            // a total over nothing is known: no requests
            rows = List.of(new TokenReport.Row(window.from(), List.of(), totals.counts(0)));
        }
        return new TokenReport(
                coverage,
                query.groupBy(),
                rows,
                totals.counts(elapsed),
                rest,
                page.next(),
                labels.notes());
    }

    private TokenSums newGroup(Group group) {
        if (isLimited) {
            limits.checkOpenGroups(openGroups.size() + 1, query);
        } else {
            seenGroups.add(group);
            limits.checkGroups(seenGroups.size(), TokenQuery.text(query.groupBy()));
            limits.checkRows(page.size() + openGroups.size() + 1, query.window());
        }
        return new TokenSums();
    }

    private Group groupOf(TokenRollup rollup) {
        var values = new ArrayList<@Nullable String>(query.groupBy().size());
        for (var dimension : query.groupBy()) {
            values.add(labels.groupValue(dimension, rollup));
        }
        return new Group(values);
    }

    private void closePoint() {
        double elapsed = query.window().elapsedSeconds(openPoint, now);
        for (var open : openGroups.entrySet()) {
            var group = open.getKey();
            var sums = open.getValue();
            totals.add(sums);
            // what was taken back in full is as if it had never been said
            if (!sums.isNothing()) {
                var counts = sums.counts(elapsed);
                var number = query.paging().order().number(counts);
                page.add(new RowKey(number, openPoint, group.values), counts, sums);
            }
        }
        openGroups.clear();
    }

    /** The values that rows are grouped by. */
    private record Group(List<@Nullable String> values) {}
}
