package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.RawDocument;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.decode.Role.Merging;
import gpuanalytics.processor.decode.StoredEvent;
import java.util.List;
import java.util.Objects;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** A stored event that counts in its rollups, if their guards do not say that it does already. */
public final class CountedRow {

    private final String source;
    private final long offset;
    private final int item;
    private final EventValues values;
    private final Overflow overflow;
    private final Role role;
    private final RawDocument document;

    private CountedRow(
            String source,
            long offset,
            int item,
            EventValues values,
            Overflow overflow,
            Role role,
            RawDocument document) {
        this.source = source;
        this.offset = offset;
        this.item = item;
        this.values = values;
        this.overflow = overflow;
        this.role = role;
        this.document = document;
    }

    /** The first word of its identity. */
    public CountedRow(
            String source,
            long offset,
            EventValues values,
            Overflow overflow,
            RawBsonDocument document) {
        this(source, offset, 0, values, overflow, Role.WHOLE, RawDocument.copyOf(document));
    }

    /**
     * A row that is stored as it is: it carries what its document says, and the document as long as
     * the row has it.
     */
    public static CountedRow of(Row row) {
        return of(row, row.values(), row.overflow(), Role.WHOLE, row);
    }

    /**
     * A row that counts as its record was stored, however it would be read or decided today: by an
     * older version, under another configuration, as a later word.
     *
     * @param stored its whole raw document
     */
    public static CountedRow of(Row row, RawBsonDocument stored) {
        var event = StoredEvent.of(row.values().topic(), stored);
        var sample = event.role() instanceof Merging merging ? merging.sample() : null;
        return of(
                row,
                event.values(),
                event.overflow(),
                event.role(),
                RawDocument.copyOf(sample == null ? stored : sample));
    }

    private static CountedRow of(
            Row row, EventValues values, Overflow overflow, Role role, RawDocument document) {
        var record = row.record();
        return new CountedRow(
                record.partition().source(),
                record.offset(),
                record.item(),
                values,
                overflow,
                role,
                document);
    }

    /** Its partition, by the name of its watermarks. */
    public String source() {
        return source;
    }

    /** Where it lies in its partition. */
    public long offset() {
        return offset;
    }

    /** Its place among several events of one record; 0 for the first or only one. */
    public int item() {
        return item;
    }

    /** What its raw document says. */
    public EventValues values() {
        return values;
    }

    /** Under which series it counts. */
    public Overflow overflow() {
        return overflow;
    }

    /** How it counts beside others of its identity. */
    public Role role() {
        return role;
    }

    /** The raw document; of what adds to a sample, all that is known of the sample. */
    public RawBsonDocument document() {
        return document.document();
    }

    /** How many bytes the document has. */
    int documentBytes() {
        return document.documentBytes();
    }

    /** Copies the document to the beginning of an array. */
    void copyDocument(byte[] to) {
        document.copyDocument(to);
    }

    /** What it does, in one place or several; see {@link #isPlain}. */
    List<Effect> effects() {
        return Effect.of(values, overflow, role);
    }

    /** Whether it does no more than count whole in its own place, as nearly all do. */
    boolean isPlain() {
        return role instanceof Role.Whole;
    }

    /** The series that it counts under. */
    String series() {
        return overflow.series(values.labels());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CountedRow row
                && source.equals(row.source)
                && offset == row.offset
                && item == row.item
                && values.equals(row.values)
                && overflow.equals(row.overflow)
                && role.equals(row.role)
                && document().equals(row.document());
    }

    @Override
    public int hashCode() {
        return Objects.hash(source, offset, item, values);
    }

    @Override
    public String toString() {
        return "%s at %d, %d: %s under %s as %s, %s"
                .formatted(source, offset, item, values, overflow, role, document());
    }
}
