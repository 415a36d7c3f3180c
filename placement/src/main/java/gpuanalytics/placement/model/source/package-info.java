/**
 * Observations from the processor's API: which pod held which GPUs from one look to the next, and
 * what these GPUs did in between.
 */
@NullMarked
package gpuanalytics.placement.model.source;

import org.jspecify.annotations.NullMarked;
