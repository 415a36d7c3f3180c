/** What is known of a workload and a node before a pod runs: the columns of the forest. */
@NullMarked
package gpuanalytics.placement.feature;

import org.jspecify.annotations.NullMarked;
