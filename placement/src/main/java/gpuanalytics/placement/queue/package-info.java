/**
 * Rehearsals that others ask for: one runs, a few wait, the latest are kept. Starting point: {@link
 * gpuanalytics.placement.queue.Rehearsals}.
 */
@NullMarked
package gpuanalytics.placement.queue;

import org.jspecify.annotations.NullMarked;
