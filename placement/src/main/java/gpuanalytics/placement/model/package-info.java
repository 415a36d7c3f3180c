/**
 * What a workload will need: observations of seven days and of yesterday, a forest per target that
 * is grown every day, and the gate that lets it serve only while it beats the rules of thumb.
 *
 * <p>Starting points: {@link gpuanalytics.placement.model.ModelKeeper} renews and judges, {@link
 * gpuanalytics.placement.model.ObservationStore} takes in what happened, {@link
 * gpuanalytics.placement.model.Predictor} answers.
 */
@NullMarked
package gpuanalytics.placement.model;

import org.jspecify.annotations.NullMarked;
