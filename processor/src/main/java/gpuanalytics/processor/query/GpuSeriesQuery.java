package gpuanalytics.processor.query;

import org.jspecify.annotations.Nullable;

/**
 * Asks what one GPU did.
 *
 * @param gpu the GPU's key, see {@link gpuanalytics.event.GpuId#key()}
 * @param migId one of its MIG instances, or null for the GPU itself
 * @param window when
 */
public record GpuSeriesQuery(String gpu, @Nullable String migId, QueryWindow window) {}
