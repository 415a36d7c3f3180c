@NullMarked
package gpuanalytics.placement.forest;

import org.jspecify.annotations.NullMarked;
