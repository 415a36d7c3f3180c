/** What the processor counts and measures. */
@NullMarked
package gpuanalytics.processor.metrics;

import org.jspecify.annotations.NullMarked;
