package gpuanalytics.producer.source.replay;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the rows that gave no event, by reason, and lists the first ones of each reason in the
 * log. Safe for threads.
 */
final class DroppedRows {

    /** Enough to see what is wrong with a trace; the rest is counted. */
    static final int LISTED_PER_REASON = 10;

    private static final Logger LOG = LoggerFactory.getLogger(DroppedRows.class);

    private final Map<DropReason, Long> counts = new ConcurrentHashMap<>();

    /**
     * Notes a row.
     *
     * @param detail the column, its value and what was expected
     */
    void add(TraceFile file, CsvTable.Row row, DropReason reason, String detail) {
        long count = counts.merge(reason, 1L, Long::sum);
        if (count <= LISTED_PER_REASON) {
            LOG.atWarn()
                    .addKeyValue("file", file.path())
                    .addKeyValue("row", row.number())
                    .addKeyValue("reason", reason.label())
                    .log("row dropped: " + detail);
        }
    }

    /** The counts by the reasons' names. */
    Map<String, Long> counts() {
        var byLabel = new TreeMap<String, Long>();
        counts.forEach((reason, count) -> byLabel.put(reason.label(), count));
        return byLabel;
    }
}
