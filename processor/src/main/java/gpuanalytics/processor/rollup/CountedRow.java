package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.Decided;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import org.bson.RawBsonDocument;

/**
 * A stored event that counts in its rollups, if their guards do not say that it does already.
 *
 * @param source its partition, by the name of its watermarks
 * @param offset where it lies in its partition
 * @param values what its raw document says
 * @param overflow under which series it counts
 * @param document the raw document
 */
public record CountedRow(
        String source,
        long offset,
        EventValues values,
        Overflow overflow,
        RawBsonDocument document) {

    /** A row as it counts; what was decided when it was stored goes before what the row says. */
    public static CountedRow of(Row row, Decided decided) {
        return new CountedRow(
                row.record().partition().source(),
                row.record().offset(),
                decided.of(row.values()),
                decided.overflow(),
                row.document());
    }

    /** The series that it counts under. */
    String series() {
        return overflow.series(values.labels());
    }
}
