/**
 * Random forests for regression: columns are binned once, trees are grown over histograms of bins,
 * and what a row's path adds is told per column.
 */
@NullMarked
package gpuanalytics.placement.forest;

import org.jspecify.annotations.NullMarked;
