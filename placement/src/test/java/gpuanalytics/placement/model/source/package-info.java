@NullMarked
package gpuanalytics.placement.model.source;

import org.jspecify.annotations.NullMarked;
