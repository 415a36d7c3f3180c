package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.Decided;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.decode.Role.Merging;
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

    /** A row as it counts; what was decided when it was stored goes before what the row says. */
    public static CountedRow of(Row row, Decided decided) {
        var sample = decided.role() instanceof Merging merging ? merging.sample() : null;
        return new CountedRow(
                row.record().partition().source(),
                row.record().offset(),
                row.record().item(),
                decided.of(row.values()),
                decided.overflow(),
                decided.role(),
                sample == null ? row.document() : sample);
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
