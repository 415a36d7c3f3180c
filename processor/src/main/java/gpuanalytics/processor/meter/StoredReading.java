package gpuanalytics.processor.meter;

import gpuanalytics.processor.rollup.MeterState;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a GPU.
 *
 * @param at the time of its latest sample in nanoseconds since 1970
 * @param intervalS the time that the sample stands for; NaN for none
 * @param ofSample what the sample says of its counters
 * @param meter how far they were read; null where nobody has said so
 */
record StoredReading(long at, double intervalS, MeterState ofSample, @Nullable MeterState meter) {}
