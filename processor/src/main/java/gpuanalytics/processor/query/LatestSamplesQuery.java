package gpuanalytics.processor.query;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the latest sample of GPUs; an empty list lets all through.
 *
 * @param hosts only GPUs of these hosts
 * @param gpuIndexes only GPUs with these numbers
 * @param names only GPUs of these models
 * @param gpus only GPUs with these keys, see {@link gpuanalytics.event.GpuId#key()}
 * @param maxAge only samples that are not older; null for all
 */
public record LatestSamplesQuery(
        List<String> hosts,
        List<Long> gpuIndexes,
        List<String> names,
        List<String> gpus,
        @Nullable Duration maxAge) {

    public LatestSamplesQuery {
        hosts = List.copyOf(hosts);
        gpuIndexes = List.copyOf(gpuIndexes);
        names = List.copyOf(names);
        gpus = List.copyOf(gpus);
        FilterValues.check("host", hosts);
        FilterValues.check("gpu_index", gpuIndexes);
        FilterValues.check("name", names);
        FilterValues.check("gpu", gpus);
    }

    /** Of any age. */
    public LatestSamplesQuery(List<String> hosts, List<Long> gpuIndexes, List<String> names) {
        this(hosts, gpuIndexes, names, List.of(), null);
    }

    boolean isTooOld(LatestSample sample) {
        return maxAge != null && sample.age().compareTo(maxAge) > 0;
    }
}
