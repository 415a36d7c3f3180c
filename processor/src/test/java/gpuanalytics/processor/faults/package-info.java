/** Faults of the store, made on the wire. */
@NullMarked
package gpuanalytics.processor.faults;

import org.jspecify.annotations.NullMarked;
