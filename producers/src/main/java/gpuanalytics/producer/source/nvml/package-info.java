/**
 * The GPUs of this machine, read through the NVIDIA driver's management library; the only package
 * that calls native code.
 */
@NullMarked
package gpuanalytics.producer.source.nvml;

import org.jspecify.annotations.NullMarked;
