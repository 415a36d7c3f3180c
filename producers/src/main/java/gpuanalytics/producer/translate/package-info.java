/**
 * What other systems have measured, as our events: series of Prometheus by the names of their
 * exporters, whatever way they came.
 */
@NullMarked
package gpuanalytics.producer.translate;

import org.jspecify.annotations.NullMarked;
