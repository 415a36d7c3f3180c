@NullMarked
package gpuanalytics.placement;

import org.jspecify.annotations.NullMarked;
