/**
 * The extender of the kube-scheduler: which nodes a pod may go to, which is best, and which GPU it
 * gets there.
 *
 * <p>Starting point: {@link gpuanalytics.placement.extender.Extender} decides; {@link
 * gpuanalytics.placement.extender.Fleet} is what it knows, {@link
 * gpuanalytics.placement.extender.ExtenderEndpoints} how it is asked.
 */
@NullMarked
package gpuanalytics.placement.extender;

import org.jspecify.annotations.NullMarked;
