package gpuanalytics.processor.query;

import gpuanalytics.event.Event;
import java.time.Duration;

/**
 * The latest sample of a GPU or MIG instance.
 *
 * @param gpu the GPU's key, see {@link gpuanalytics.event.GpuId#key()}
 * @param sample the sample, an event of {@code gpu.metrics.v1}
 * @param age how old it is; below zero when its sender's clock is ahead
 */
public record LatestSample(String gpu, Event sample, Duration age) {}
