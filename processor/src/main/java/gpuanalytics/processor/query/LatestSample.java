package gpuanalytics.processor.query;

import gpuanalytics.event.Event;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The latest sample of a GPU or MIG instance.
 *
 * @param gpu the GPU's key, see {@link gpuanalytics.event.GpuId#key()}
 * @param sample the sample, an event of {@code gpu.metrics.v1}
 * @param age how old it is; below zero when its sender's clock is ahead
 * @param usage what the whole GPU was used for in the hour of the sample; null where that is not
 *     known
 */
public record LatestSample(String gpu, Event sample, Duration age, @Nullable GpuUsage usage) {

    public LatestSample(String gpu, Event sample, Duration age) {
        this(gpu, sample, age, null);
    }

    LatestSample with(@Nullable GpuUsage used) {
        return new LatestSample(gpu, sample, age, used);
    }

    LatestSample of(String sameGpu) {
        return new LatestSample(sameGpu, sample, age, usage);
    }
}
