@NullMarked
package gpuanalytics.placement.forecast;

import org.jspecify.annotations.NullMarked;
