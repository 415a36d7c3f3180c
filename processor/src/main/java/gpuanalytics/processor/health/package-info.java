/** What state the processor is in, as values. */
@NullMarked
package gpuanalytics.processor.health;

import org.jspecify.annotations.NullMarked;
