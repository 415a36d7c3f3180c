/**
 * The contract: what a GPU sample and a token usage are, their fields, units and limits, and the
 * JSON they travel as.
 *
 * <p>Starting points: {@link gpuanalytics.event.GpuMetric} and {@link
 * gpuanalytics.event.TokenUsage} list the fields, {@link gpuanalytics.event.EventCodec} turns an
 * event into bytes and back.
 */
@NullMarked
package gpuanalytics.event;

import org.jspecify.annotations.NullMarked;
