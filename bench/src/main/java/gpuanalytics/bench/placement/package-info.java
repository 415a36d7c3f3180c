/** How long the extender of the kube-scheduler takes to decide. */
@NullMarked
package gpuanalytics.bench.placement;

import org.jspecify.annotations.NullMarked;
