/**
 * What the models say of pods that the cluster's watch knows, and what the watch tells the models.
 */
@NullMarked
package gpuanalytics.placement.forecast;

import org.jspecify.annotations.NullMarked;
