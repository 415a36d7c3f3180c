package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.decode.Role.Merging;
import gpuanalytics.processor.decode.StoredEvent;
import java.util.List;
import org.bson.RawBsonDocument;

/**
 * A stored event that counts in its rollups, if their guards do not say that it does already.
 *
 * @param source its partition, by the name of its watermarks
 * @param offset where it lies in its partition
 * @param item its place among several events of one record; 0 for the first or only one
 * @param values what its raw document says
 * @param overflow under which series it counts
 * @param role how it counts beside others of its identity
 * @param document the raw document; of what adds to a sample, all that is known of the sample
 */
public record CountedRow(
        String source,
        long offset,
        int item,
        EventValues values,
        Overflow overflow,
        Role role,
        RawBsonDocument document) {

    /** The first word of its identity. */
    public CountedRow(
            String source,
            long offset,
            EventValues values,
            Overflow overflow,
            RawBsonDocument document) {
        this(source, offset, 0, values, overflow, Role.WHOLE, document);
    }

    /** A row that is stored as it is: it carries what its document says. */
    public static CountedRow of(Row row) {
        return new CountedRow(
                row.record().partition().source(),
                row.record().offset(),
                row.record().item(),
                row.values(),
                row.overflow(),
                Role.WHOLE,
                row.document());
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
        return new CountedRow(
                row.record().partition().source(),
                row.record().offset(),
                row.record().item(),
                event.values(),
                event.overflow(),
                event.role(),
                sample == null ? stored : sample);
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
}
