package gpuanalytics.producer.source.replay.table;

import gpuanalytics.producer.source.RefusedRows;
import gpuanalytics.service.text.Printable;
import java.nio.file.Path;
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
public final class DroppedRows {

    /** Enough to see what is wrong with a trace; the rest is counted. */
    static final int LISTED_PER_REASON = 10;

    private static final Logger LOG = LoggerFactory.getLogger(DroppedRows.class);

    private final Map<DropReason, RefusedRows> refused = new ConcurrentSkipListMap<>();

    /** Notes the row in a line of a file, and why it gave none. */
    public void add(Path file, long line, BadCell defect) {
        var path = Printable.of(file);
        var detail = Printable.of(defect.detail());
        var counted =
                refused.merge(
                        defect.reason(),
                        new RefusedRows(
                                defect.reason().label(),
                                1,
                                "line %d of %s: %s".formatted(line, path, detail)),
                        (before, one) ->
                                new RefusedRows(
                                        before.reason(), before.rows() + 1, before.first()));
        if (counted.rows() <= LISTED_PER_REASON) {
            LOG.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("line", line)
                    .addKeyValue("reason", defect.reason().label())
                    .log("row dropped: " + detail);
        }
    }

    /** The counts by the reasons' names. */
    public Map<String, Long> counts() {
        var byLabel = new TreeMap<String, Long>();
        refused.values().forEach(rows -> byLabel.put(rows.reason(), rows.rows()));
        return byLabel;
    }

    /** The counts with the first row of each reason. */
    public List<RefusedRows> refused() {
        return List.copyOf(refused.values());
    }
}
