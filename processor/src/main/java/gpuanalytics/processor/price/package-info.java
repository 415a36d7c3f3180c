/**
 * Dated prices of GPUs and of API models: read strictly, kept as they were put, never overwritten.
 */
@NullMarked
package gpuanalytics.processor.price;

import org.jspecify.annotations.NullMarked;
