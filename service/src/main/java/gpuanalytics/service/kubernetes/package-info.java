/**
 * Kubernetes' API for programs that run in a cluster: objects by list and watch, and what little is
 * written.
 *
 * <p>Starting point: {@link gpuanalytics.service.kubernetes.ResourceWatch}.
 */
@NullMarked
package gpuanalytics.service.kubernetes;

import org.jspecify.annotations.NullMarked;
