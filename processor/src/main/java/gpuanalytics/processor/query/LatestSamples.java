package gpuanalytics.processor.query;

import java.util.List;

/**
 * The latest samples that were asked for.
 *
 * @param samples in the order of the GPUs' keys
 * @param leftOut how many GPUs and MIG instances are not among them because their samples are older
 *     than was asked for
 */
public record LatestSamples(List<LatestSample> samples, long leftOut) {

    public LatestSamples {
        samples = List.copyOf(samples);
    }
}
