package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.List;

/** Where stored rollups of a kind hold the parts of each measure. */
final class ReadingFields {

    /**
     * The parts of one measure.
     *
     * @param n how many values
     * @param sum of them, in the unit of sums
     * @param bins how many of them are in which bin; absent where the measure has no bins
     */
    record Part(
            StoredFields.Field n,
            StoredFields.Field sum,
            StoredFields.Field min,
            StoredFields.Field max,
            StoredFields.Field bins) {}

    private final List<Part> parts = new ArrayList<>();

    ReadingFields(StoredFields fields, Measures measures) {
        for (var measure : measures) {
            parts.add(
                    new Part(
                            field(fields, measure, StoreLayout.N),
                            field(fields, measure, measure.sumName()),
                            field(fields, measure, StoreLayout.MIN),
                            field(fields, measure, StoreLayout.MAX),
                            field(fields, measure, StoreLayout.BINS)));
        }
    }

    private static StoredFields.Field field(StoredFields fields, Measure measure, String part) {
        return fields.field(measure.name() + "." + part);
    }

    /** The parts of a measure, as they are in the document that was read last. */
    Part of(Measure measure) {
        return parts.get(measure.index());
    }
}
