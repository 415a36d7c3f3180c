@NullMarked
package gpuanalytics.placement.model;

import org.jspecify.annotations.NullMarked;
