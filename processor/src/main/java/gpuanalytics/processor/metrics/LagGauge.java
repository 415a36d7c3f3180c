package gpuanalytics.processor.metrics;

import gpuanalytics.processor.metrics.ProcessorMetrics.Lag;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/** The lag of every partition, which come and go. */
final class LagGauge {

    private final MultiGauge gauge;

    LagGauge(MeterRegistry registry) {
        gauge =
                MultiGauge.builder("processor.consumer.lag")
                        .description("Records of a partition that are not done yet")
                        .register(registry);
    }

    /** Replaces all of them. */
    void replace(List<Lag> found) {
        gauge.register(found.stream().map(LagGauge::row).toList(), true);
    }

    private static MultiGauge.Row<Number> row(Lag lag) {
        var partition = Integer.toString(lag.partition());
        return MultiGauge.Row.of(
                Tags.of("topic", lag.topic(), "partition", partition), lag.records());
    }
}
