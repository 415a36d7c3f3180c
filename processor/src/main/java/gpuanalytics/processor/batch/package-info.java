/** Decoded records to batches of bounded size and age. */
@NullMarked
package gpuanalytics.processor.batch;

import org.jspecify.annotations.NullMarked;
