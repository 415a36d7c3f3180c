/** GPUs as dcgm-exporter, or AMD's, shows them to Prometheus. */
@NullMarked
package gpuanalytics.producer.source.dcgm;

import org.jspecify.annotations.NullMarked;
