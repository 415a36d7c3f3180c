package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.rollup.Effect.Amount;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;

/**
 * The rows of one partition that count in one rollup document: what one guarded update adds. The
 * rows are kept until the update is acknowledged, to take out those that count already.
 */
final class PendingUpdate {

    /** What one row adds, and where the row lies: its record, and its place in that. */
    record Entry(long offset, int item, EventValues values, Amount amount) {

        boolean isAfter(Entry other) {
            return offset != other.offset ? offset > other.offset : item > other.item;
        }
    }

    private final RollupKey key;
    private final String source;
    private final Labels labels;
    private final Overflow overflow;
    private final List<Entry> entries = new ArrayList<>(4);
    private final Set<String> leftOut = new HashSet<>(0);

    /**
     * @param labels those of an event in it: the document's, should it be made
     */
    PendingUpdate(RollupKey key, String source, Labels labels, Overflow overflow) {
        this.key = key;
        this.source = source;
        this.labels = labels;
        this.overflow = overflow;
    }

    /**
     * Adds a row; rows come in the order of their records and places. One at or below the last is
     * being read for the second time, as after a partition came back, and is here already. All rows
     * of one record are gathered together: the guard of the document knows offsets alone.
     */
    void add(Entry entry) {
        if (entries.isEmpty() || entry.isAfter(entries.getLast())) {
            entries.add(entry);
        }
    }

    /** Adds all that one row does here: all of it or, where the row is here already, nothing. */
    void addAll(List<Entry> ofOneRow) {
        if (entries.isEmpty() || ofOneRow.getFirst().isAfter(entries.getLast())) {
            entries.addAll(ofOneRow);
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

    /** The paths of sums that no longer fit and stay as they are. */
    Set<String> leftOut() {
        return leftOut;
    }

    Sums sums(RollupMath math) {
        var sums = new Sums(key.kind());
        entries.forEach(entry -> math.add(sums, entry.values, entry.amount));
        return sums;
    }

    /** The labels of the document. */
    BsonDocument labels() {
        return overflow.labels(labels);
    }
}
