package gpuanalytics.processor.rollup;

import java.time.Duration;

/**
 * When gathered rollups go to the store.
 *
 * @param age how long the first row may wait for others
 * @param bytes how much of memory is enough
 */
public record FlushPolicy(Duration age, long bytes) {}
