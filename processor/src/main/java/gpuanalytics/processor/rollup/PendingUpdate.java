package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Labels;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.rollup.Effect.Amount;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
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
    private final SeriesRank rank;
    private final String source;
    private final Labels labels;
    private final Overflow overflow;
    private final List<Entry> entries = new ArrayList<>(4);

    /** Nearly always none, and then the same for all. */
    private Set<String> leftOut = Set.of();

    /** What the first rows add together; null until it is worth keeping. */
    private @Nullable Sums folded;

    private int foldedRows;

    /** Of a series that is alone in its flush. */
    PendingUpdate(RollupKey key, String source, Labels labels, Overflow overflow) {
        this(key, new SeriesRank(key.series()), source, labels, overflow);
    }

    /**
     * @param rank of its series
     * @param labels those of an event in it: the document's, should it be made
     */
    PendingUpdate(RollupKey key, SeriesRank rank, String source, Labels labels, Overflow overflow) {
        this.key = key;
        this.rank = rank;
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

    /** The document's {@code _id}. */
    String id() {
        return key.id();
    }

    /** A number that orders the documents of a flush as their identities do. */
    long order() {
        return rank.order(key.bucket());
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

    /** Whether the sum at a path no longer fits and stays as it is. */
    boolean isLeftOut(String path) {
        return leftOut.contains(path);
    }

    /** Leaves the sum at a path as it is from now on; whether it was not so before. */
    boolean leaveOut(String path) {
        leftOut = leftOut.isEmpty() ? new HashSet<>() : leftOut;
        return leftOut.add(path);
    }

    /** What all rows add together; not to be changed. */
    Sums sums(RollupMath math) {
        return sums(math, () -> new Sums(key.kind()));
    }

    /**
     * What all rows add together; not to be changed.
     *
     * @param empty sums that may be used for it
     */
    Sums sums(RollupMath math, Supplier<Sums> empty) {
        if (folded != null && foldedRows == entries.size()) {
            return folded;
        }
        var sums = empty.get();
        for (var entry : entries) {
            math.add(sums, entry.values, entry.amount);
        }
        return sums;
    }

    /** Writes the labels of the document. */
    void writeLabels(BsonBytes out) {
        if (overflow == Overflow.NONE) {
            labels.forEach(out::value);
        } else {
            overflow.labels(labels).forEach(out::label);
        }
    }
}
