/** Batches to raw documents, each event once, with an outcome per record. */
@NullMarked
package gpuanalytics.processor.write;

import org.jspecify.annotations.NullMarked;
