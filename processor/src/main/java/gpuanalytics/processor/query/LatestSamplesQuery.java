package gpuanalytics.processor.query;

import java.util.List;

/**
 * Asks for the latest sample of GPUs; an empty list lets all through.
 *
 * @param hosts only GPUs of these hosts
 * @param gpuIndexes only GPUs with these numbers
 * @param names only GPUs of these models
 */
public record LatestSamplesQuery(List<String> hosts, List<Long> gpuIndexes, List<String> names) {

    public LatestSamplesQuery {
        hosts = List.copyOf(hosts);
        gpuIndexes = List.copyOf(gpuIndexes);
        names = List.copyOf(names);
        FilterValues.check("host", hosts);
        FilterValues.check("gpu_index", gpuIndexes);
        FilterValues.check("name", names);
    }
}
