@NullMarked
package gpuanalytics.placement.input;

import org.jspecify.annotations.NullMarked;
