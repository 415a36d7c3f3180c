/** Rejected records to the dead letters, each counted and one of each kind told. */
@NullMarked
package gpuanalytics.processor.reject;

import org.jspecify.annotations.NullMarked;
