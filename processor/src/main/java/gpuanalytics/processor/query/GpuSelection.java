package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.store.StoreLayout;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/**
 * Which GPU rollups and latest samples are those of one GPU, or of one of its MIG instances, under
 * whichever of its names they came in.
 */
final class GpuSelection {

    private final String asked;
    private final @Nullable String migId;
    private final GpuNames names;
    private final Set<String> cards;

    /**
     * @param asked a name of the GPU, or of a MIG instance
     * @param migId one of the GPU's MIG instances; null for the GPU, or for the instance asked for
     */
    GpuSelection(String asked, @Nullable String migId, GpuNames names) {
        this.asked = asked;
        this.migId = migId;
        this.names = names;
        // what instances report is no sample of their card
        this.cards =
                names.related(asked).stream()
                        .filter(name -> name.equals(asked) || !GpuNames.isInstance(name))
                        .collect(Collectors.toSet());
    }

    /**
     * Which documents may be of the GPU.
     *
     * @param prefix where the fields are in a document, such as {@code sample.}
     */
    Bson filter(String prefix) {
        var gpu = prefix + StoreLayout.GPU;
        var mig = prefix + GpuMetric.MIG_ID.name();
        var ofGpu = and(in(gpu, cards), eq(mig, migId));
        return isInstance()
                // by its own name, or as an instance of its card
                ? or(and(eq(gpu, asked), eq(mig, null)), and(in(gpu, cards), eq(mig, asked)))
                : ofGpu;
    }

    /** Whether a rollup that the filter found is of the GPU: names are dated. */
    boolean matches(GpuRollup rollup) {
        var bucket = rollup.bucket();
        var gpu = rollup.gpu();
        return isInstance() || names.inBucket(gpu, bucket).equals(names.inBucket(asked, bucket));
    }

    private boolean isInstance() {
        return migId == null && GpuNames.isInstance(asked);
    }
}
