package gpuanalytics.producer.source.replay;

import gpuanalytics.producer.source.RefusedRows;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.Row;
import gpuanalytics.service.text.Printable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the rows that gave no event, by reason, keeps the first of each and lists a few more in
 * the log. Safe for threads.
 */
final class DroppedRows {

    /** Enough to see what is wrong with a trace; the rest is counted. */
    static final int LISTED_PER_REASON = 10;

    private static final Logger LOG = LoggerFactory.getLogger(DroppedRows.class);

    private final Map<DropReason, RefusedRows> refused = new ConcurrentSkipListMap<>();

    /** Notes a row and why it gave none. */
    void add(TraceFile file, Row row, BadCell defect) {
        var path = Printable.of(file.path());
        var detail = Printable.of(defect.detail());
        var counted =
                refused.merge(
                        defect.reason(),
                        new RefusedRows(
                                defect.reason().label(),
                                1,
                                "line %d of %s: %s".formatted(row.line(), path, detail)),
                        (before, one) ->
                                new RefusedRows(
                                        before.reason(), before.rows() + 1, before.first()));
        if (counted.rows() <= LISTED_PER_REASON) {
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("line", row.line())
                    .addKeyValue("reason", defect.reason().label())
                    .log("row dropped: " + detail);
        }
    }

    /** The counts by the reasons' names. */
    Map<String, Long> counts() {
        var byLabel = new TreeMap<String, Long>();
        refused.values().forEach(rows -> byLabel.put(rows.reason(), rows.rows()));
        return byLabel;
    }

    /** The counts with the first row of each reason. */
    List<RefusedRows> refused() {
        return List.copyOf(refused.values());
    }
}
