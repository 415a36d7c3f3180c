/** The nodes with what is free on them, in thousandths of a core and of a GPU. */
@NullMarked
package gpuanalytics.placement.cluster;

import org.jspecify.annotations.NullMarked;
