package gpuanalytics.processor.query;

import gpuanalytics.event.Event;
import java.time.Duration;
import java.util.List;

/**
 * The latest sample of a GPU or MIG instance.
 *
 * @param gpu the GPU's key, see {@link gpuanalytics.event.GpuId#key()}
 * @param sample the sample, an event of {@code gpu.metrics.v1}
 * @param age how old it is; below zero when its sender's clock is ahead
 * @param pods where several pods share the GPU, those that are known: namespace, pod and container
 *     of each, parted by a slash
 */
public record LatestSample(String gpu, Event sample, Duration age, List<String> pods) {

    public LatestSample {
        pods = List.copyOf(pods);
    }

    /** One that no pods share. */
    public LatestSample(String gpu, Event sample, Duration age) {
        this(gpu, sample, age, List.of());
    }
}
