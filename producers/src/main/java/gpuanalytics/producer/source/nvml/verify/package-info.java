/** Whether what the source reads is what {@code nvidia-smi} reads; a program of its own. */
@NullMarked
package gpuanalytics.producer.source.nvml.verify;

import org.jspecify.annotations.NullMarked;
