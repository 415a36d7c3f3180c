/**
 * How much of the free GPUs the usual requests cannot use (FGD's measure), kept up to date node by
 * node.
 */
@NullMarked
package gpuanalytics.placement.fragment;

import org.jspecify.annotations.NullMarked;
