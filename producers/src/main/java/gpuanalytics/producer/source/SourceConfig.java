package gpuanalytics.producer.source;

import gpuanalytics.event.EventLimits;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import java.time.Clock;
import java.util.Optional;

/** What one kind of source is to do, as its variables say. Implemented beside each source. */
public interface SourceConfig {

    /**
     * What is set once for all sources.
     *
     * @param bootstrap addresses of Kafka's brokers
     * @param batch the most events between two pauses
     * @param pricePerHourUsd the price of a GPU hour in every sample, instead of a source's own
     * @param limits how old events may be, and how far ahead
     * @param kubernetes where pods are looked for
     */
    record Common(
            String bootstrap,
            int batch,
            Optional<Double> pricePerHourUsd,
            EventLimits limits,
            KubernetesAccess kubernetes) {}

    /**
     * Opens the source.
     *
     * @param wake to be called when an event may be due earlier than the source has said
     * @throws gpuanalytics.service.config.ConfigurationException if its input cannot be used
     */
    Feed open(Clock clock, Runnable wake);
}
