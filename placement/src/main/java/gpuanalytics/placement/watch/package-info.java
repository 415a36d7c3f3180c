/** What the API of Kubernetes says of nodes and pods, as far as placing a pod hangs on it. */
@NullMarked
package gpuanalytics.placement.watch;

import org.jspecify.annotations.NullMarked;
