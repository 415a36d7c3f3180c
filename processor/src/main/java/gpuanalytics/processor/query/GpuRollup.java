package gpuanalytics.processor.query;

import gpuanalytics.processor.measure.GpuCounter;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.RawBsonDocument;

/**
 * A GPU's rollup as it is stored: one at a time, and what is asked is that of the last one read.
 */
final class GpuRollup {

    private final StoredFields fields = new StoredFields();
    private final StoredFields.Field bucket = fields.field(StoreLayout.BUCKET);
    private final StoredFields.Field gpu = fields.field(StoreLayout.GPU);
    private final StoredFields.Field pods = fields.field(StoreLayout.PODS);
    private final Map<GpuCounter, StoredFields.Field> counters = new EnumMap<>(GpuCounter.class);
    private final ReadingFields readings = new ReadingFields(fields, Measures.GPU);

    GpuRollup() {
        for (var counter : GpuCounter.values()) {
            counters.put(counter, fields.field(counter.field()));
        }
    }

    /** Takes the next one. */
    GpuRollup read(RawBsonDocument document) {
        fields.read(document);
        return this;
    }

    /** The start of its bucket. */
    Instant bucket() {
        return bucket.time();
    }

    /** Its GPU, by the name that its samples said. */
    String gpu() {
        return Objects.requireNonNull(gpu.text(), "a GPU's rollup names no GPU");
    }

    List<String> pods() {
        return Objects.requireNonNullElse(pods.texts(), List.of());
    }

    /** 0 where it has none. */
    long count(GpuCounter counter) {
        return counter(counter).integer();
    }

    boolean has(GpuCounter counter) {
        return counter(counter).isNumber();
    }

    private StoredFields.Field counter(GpuCounter counter) {
        return Objects.requireNonNull(counters.get(counter));
    }

    ReadingFields readings() {
        return readings;
    }
}
