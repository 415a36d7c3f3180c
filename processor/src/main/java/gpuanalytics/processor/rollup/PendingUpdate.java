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
import org.jspecify.annotations.Nullable;

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

    /** Fewer rows are added up when the update is built: sums of their own take more memory. */
    private static final int MANY_ROWS = 4;

    private final RollupKey key;
    private final String id;
    private final String source;
    private final Labels labels;
    private final Overflow overflow;
    private final List<Entry> entries = new ArrayList<>(4);
    private final Set<String> leftOut = new HashSet<>(0);

    /** What the first rows add together; null until it is worth keeping. */
    private @Nullable Sums folded;

    private int foldedRows;

    /**
     * @param labels those of an event in it: the document's, should it be made
     */
    PendingUpdate(RollupKey key, String source, Labels labels, Overflow overflow) {
        this.key = key;
        this.id = key.id();
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

    /**
     * Adds up the rows so far, if they are many: those that have just come are at hand, where
     * seconds later they would have to be fetched from memory again.
     *
     * @return whether it keeps sums from now on
     */
    boolean fold(RollupMath math) {
        if (entries.size() < MANY_ROWS) {
            return false;
        }
        var sums = folded;
        boolean isFirst = sums == null;
        if (sums == null) {
            sums = new Sums(key.kind());
            folded = sums;
        }
        for (; foldedRows < entries.size(); foldedRows++) {
            var entry = entries.get(foldedRows);
            math.add(sums, entry.values, entry.amount);
        }
        return isFirst;
    }

    /** Takes out the rows that the document counts already. */
    void dropUpTo(long watermark) {
        folded = null;
        foldedRows = 0;
        entries.removeIf(entry -> entry.offset <= watermark);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    RollupKey key() {
        return key;
    }

    /** The document's {@code _id}; made once, as it is asked for in each comparison. */
    String id() {
        return id;
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

    /** What all rows add together; not to be changed. */
    Sums sums(RollupMath math) {
        if (folded != null && foldedRows == entries.size()) {
            return folded;
        }
        var sums = new Sums(key.kind());
        entries.forEach(entry -> math.add(sums, entry.values, entry.amount));
        return sums;
    }

    /** The labels of the document. */
    BsonDocument labels() {
        return overflow.labels(labels);
    }
}
