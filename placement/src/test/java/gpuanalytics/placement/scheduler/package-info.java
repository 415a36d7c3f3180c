/** The extender asked by a real kube-scheduler. */
@NullMarked
package gpuanalytics.placement.scheduler;

import org.jspecify.annotations.NullMarked;
