/**
 * Placement: where GPU pods would have gone under another policy.
 *
 * <p>Starting points: {@link gpuanalytics.placement.RehearseCommand} is the command, {@link
 * gpuanalytics.placement.rehearse.Rehearsal} is what it and the API run.
 */
@NullMarked
package gpuanalytics.placement;

import org.jspecify.annotations.NullMarked;
