package gpuanalytics.processor.query;

import gpuanalytics.event.Event;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The latest sample of a GPU or MIG instance.
 *
 * @param gpu the GPU's key, see {@link gpuanalytics.event.GpuId#key()}
 * @param sample the sample, an event of {@code gpu.metrics.v1}
 * @param age how old it is; below zero when its sender's clock is ahead
 * @param pods where several pods share the GPU, those that are known: namespace, pod and container
 *     of each, parted by a slash
 * @param usage what the whole GPU was used for in the hour of the sample; null where that is not
 *     known
 */
public record LatestSample(
        String gpu, Event sample, Duration age, List<String> pods, @Nullable GpuUsage usage) {

    public LatestSample {
        pods = List.copyOf(pods);
    }

    /** One that no pods share, of whose usage nothing is known. */
    public LatestSample(String gpu, Event sample, Duration age) {
        this(gpu, sample, age, List.of(), null);
    }

    LatestSample with(@Nullable GpuUsage used) {
        return new LatestSample(gpu, sample, age, pods, used);
    }

    LatestSample of(String sameGpu) {
        return new LatestSample(sameGpu, sample, age, pods, usage);
    }
}
