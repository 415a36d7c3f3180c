package gpuanalytics.processor.query;

import gpuanalytics.event.GpuId;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.gpuname.GpuNames;
import java.util.List;
import java.util.TreeMap;

/** The latest sample of each GPU and MIG instance, of all the names that each has. */
final class LatestByGpu {

    private final GpuNames names;
    private final TreeMap<String, LatestSample> samples = new TreeMap<>();

    LatestByGpu(GpuNames names) {
        this.names = names;
    }

    void add(LatestSample latest) {
        var named = latest.of(gpuOf(latest));
        var place = GpuId.instance(named.gpu(), named.sample().get(GpuMetric.MIG_ID));
        samples.merge(place, named, LatestByGpu::later);
    }

    /** The GPU by the name that it had then; what an instance reports is no sample of its card. */
    private String gpuOf(LatestSample latest) {
        return GpuNames.isInstance(latest.gpu())
                ? latest.gpu()
                : names.at(latest.gpu(), latest.sample().ts());
    }

    private static LatestSample later(LatestSample one, LatestSample other) {
        return other.sample().ts().isAfter(one.sample().ts()) ? other : one;
    }

    /** How many GPUs and MIG instances are not among others. */
    long missingIn(LatestByGpu others) {
        return samples.keySet().stream()
                .filter(place -> !others.samples.containsKey(place))
                .count();
    }

    int size() {
        return samples.size();
    }

    /** In the order of the GPUs' keys. */
    List<LatestSample> all() {
        return List.copyOf(samples.values());
    }
}
