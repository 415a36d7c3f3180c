package gpuanalytics.processor.ledger;

import gpuanalytics.event.Field;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.StoredFields;
import gpuanalytics.processor.store.StoreLayout;

/**
 * How many values of a reading a rollup sums up, and their sum.
 *
 * @param n how many
 * @param sum of them, in the unit of the sum
 */
record SumFields(StoredFields.Field n, StoredFields.Field sum) {

    static SumFields of(StoredFields fields, String reading, String sumName) {
        return new SumFields(
                fields.field(reading + "." + StoreLayout.N), fields.field(reading + "." + sumName));
    }

    /** Of a reading of GPUs. */
    static SumFields ofGpu(StoredFields fields, Field<?> reading) {
        return of(fields, reading.name(), Measures.GPU.get(reading).sumName());
    }
}
