/** Bytes of a record to a document to store, or the reason why they are none. */
@NullMarked
package gpuanalytics.processor.decode;

import org.jspecify.annotations.NullMarked;
