/**
 * What OpenTelemetry sends, as our events.
 *
 * <p>Starting point: {@link gpuanalytics.producer.receive.otlp.Otlp} takes a request of each signal
 * to its answer, whatever it came over.
 */
@NullMarked
package gpuanalytics.producer.receive.otlp;

import org.jspecify.annotations.NullMarked;
