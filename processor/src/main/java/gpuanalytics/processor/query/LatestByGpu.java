package gpuanalytics.processor.query;

import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;

import gpuanalytics.event.GpuId;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.store.StoreLayout;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import org.bson.conversions.Bson;

/** The latest sample of each GPU and MIG instance, of all the names that each has. */
final class LatestByGpu {

    private final LatestSamplesQuery query;
    private final GpuNames names;
    private final TreeMap<String, LatestSample> samples = new TreeMap<>();

    LatestByGpu(LatestSamplesQuery query, GpuNames names) {
        this.query = query;
        this.names = names;
    }

    /**
     * Adds which samples may be of the GPUs that are asked for.
     *
     * @param prefix where the fields are in a document
     */
    void addFilter(List<Bson> filters, String prefix) {
        if (query.gpus().isEmpty()) {
            return;
        }
        var any = new HashSet<String>();
        query.gpus().forEach(gpu -> any.addAll(names.related(gpu)));
        filters.add(
                or(
                        in(prefix + StoreLayout.GPU, any),
                        in(prefix + GpuMetric.MIG_ID.name(), query.gpus())));
    }

    void add(LatestSample latest) {
        var named = latest.of(gpuOf(latest));
        if (isAskedFor(named)) {
            var place = GpuId.instance(named.gpu(), named.sample().get(GpuMetric.MIG_ID));
            samples.merge(place, named, LatestByGpu::later);
        }
    }

    /** The GPU by the name that it had then; what an instance reports is no sample of its card. */
    private String gpuOf(LatestSample latest) {
        return GpuNames.isInstance(latest.gpu())
                ? latest.gpu()
                : names.at(latest.gpu(), latest.sample().ts());
    }

    private boolean isAskedFor(LatestSample named) {
        return query.gpus().isEmpty()
                || query.gpus().stream()
                        .anyMatch(
                                gpu ->
                                        GpuNames.isInstance(gpu)
                                                ? isInstance(gpu, named)
                                                : names.at(gpu, named.sample().ts())
                                                        .equals(named.gpu()));
    }

    private static boolean isInstance(String uuid, LatestSample named) {
        return uuid.equals(named.gpu()) || uuid.equals(named.sample().get(GpuMetric.MIG_ID));
    }

    private static LatestSample later(LatestSample one, LatestSample other) {
        return other.sample().ts().isAfter(one.sample().ts()) ? other : one;
    }

    /** Those that are not too old, in the order of the GPUs' keys. */
    LatestSamples found() {
        var listed = samples.values().stream().filter(one -> !query.isTooOld(one)).toList();
        return new LatestSamples(listed, samples.size() - listed.size());
    }
}
