package gpuanalytics.processor.rollup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rows of one partition that count in one rollup document: what one guarded update adds. The
 * rows are kept until the update is acknowledged, to take out those that count already.
 */
final class Rollup {

    /** One row and where it lies. */
    record Entry(long offset, Facts facts) {}

    private final RollupKey key;
    private final String source;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<String> leftOut = new HashSet<>();

    Rollup(RollupKey key, String source) {
        this.key = key;
        this.source = source;
    }

    /**
     * Adds a row; rows come in offset order. One at or below the last offset is being read for the
     * second time, as after a partition came back, and is here already.
     */
    void add(long offset, Facts facts) {
        if (entries.isEmpty() || offset > lastOffset()) {
            entries.add(new Entry(offset, facts));
        }
    }

    /** Takes out the rows that the document counts already. */
    void dropUpTo(long watermark) {
        entries.removeIf(entry -> entry.offset <= watermark);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    RollupKey key() {
        return key;
    }

    String source() {
        return source;
    }

    long firstOffset() {
        return entries.getFirst().offset;
    }

    long lastOffset() {
        return entries.getLast().offset;
    }

    Facts first() {
        return entries.getFirst().facts;
    }

    /** The paths of sums that no longer fit and stay as they are. */
    Set<String> leftOut() {
        return leftOut;
    }

    Sums sums(RollupMath math) {
        var sums = new Sums(key.kind());
        entries.forEach(entry -> math.add(sums, entry.facts));
        return sums;
    }
}
