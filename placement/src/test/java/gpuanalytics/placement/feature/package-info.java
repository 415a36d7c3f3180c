@NullMarked
package gpuanalytics.placement.feature;

import org.jspecify.annotations.NullMarked;
