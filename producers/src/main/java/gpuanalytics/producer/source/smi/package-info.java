/**
 * GPUs as nvidia-smi writes them, live: {@link gpuanalytics.producer.source.smi.SmiSource}. What
 * its columns mean is also what a trace of it means.
 */
@NullMarked
package gpuanalytics.producer.source.smi;

import org.jspecify.annotations.NullMarked;
