package gpuanalytics.processor.ledger;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.lt;

import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.query.StoreReads;
import gpuanalytics.processor.query.StoredFields;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.Date;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the hours of GPUs say of how full and how busy they were. */
final class GpuHours {

    private static final double MICRO = 1e6;

    /**
     * A GPU in an hour.
     *
     * @param name as its samples gave it; null for GPUs that count together
     * @param isInstance whether it is one of a GPU's MIG instances
     * @param usedBytes the most memory in use; NaN where no sample says
     * @param totalBytes the memory that there is; NaN where no sample says
     * @param readings how many samples say how busy it was
     * @param busy the sum of what they say
     */
    record GpuHour(
            Instant start,
            @Nullable String name,
            boolean isInstance,
            double usedBytes,
            double totalBytes,
            long readings,
            double busy) {}

    private final StoreReads reads;
    private final StoredFields fields = new StoredFields();
    private final StoredFields.Field start = fields.field(StoreLayout.BUCKET);
    private final StoredFields.Field gpu = fields.field(StoreLayout.GPU);
    private final StoredFields.Field migId = fields.field(GpuMetric.MIG_ID.name());
    private final StoredFields.Field used = part(GpuMetric.MEM_USED_BYTES, StoreLayout.MAX);
    private final StoredFields.Field total = part(GpuMetric.MEM_TOTAL_BYTES, StoreLayout.MIN);
    private final SumFields smActive = SumFields.ofGpu(fields, GpuMetric.SM_ACTIVE);
    private final SumFields utilization = SumFields.ofGpu(fields, GpuMetric.UTILIZATION);

    GpuHours(StoreReads reads) {
        this.reads = reads;
    }

    private StoredFields.Field part(Field<?> reading, String part) {
        return fields.field(reading.name() + "." + part);
    }

    /** Tells those of a time. */
    void forEach(Instant from, Instant to, Consumer<GpuHour> reader) {
        reads.forEachRaw(
                StoreLayout.GPU_HOUR,
                and(
                        gte(StoreLayout.BUCKET, Date.from(from)),
                        lt(StoreLayout.BUCKET, Date.from(to))),
                fields.projection(),
                rollup -> {
                    fields.read(rollup);
                    reader.accept(hour());
                });
    }

    private GpuHour hour() {
        var name = gpu.text();
        var busy = smActive.n().integer() > 0 ? smActive : utilization;
        return new GpuHour(
                start.time(),
                name,
                migId.text() != null || (name != null && GpuNames.isInstance(name)),
                used.decimal(),
                total.decimal(),
                busy.n().integer(),
                busy.sum().integer() / MICRO);
    }
}
