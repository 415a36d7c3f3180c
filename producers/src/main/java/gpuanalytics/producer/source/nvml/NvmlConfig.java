package gpuanalytics.producer.source.nvml;

import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.health.HealthReport;
import java.time.Clock;
import java.util.List;

/**
 * The GPUs of this machine as one of the sources.
 *
 * @param options how they are read
 * @param batch the most events between two pauses
 */
public record NvmlConfig(NvmlOptions options, int batch) implements SourceConfig {

    /** Reads every variable; errors are left in the reader. */
    public static NvmlConfig read(EnvironmentReader env, Common common) {
        return new NvmlConfig(NvmlOptions.read(env, common.pricePerHourUsd()), common.batch());
    }

    @Override
    public Feed open(Clock clock, Runnable wake) {
        var source = new NvmlSource(options, clock);
        return new Feed() {
            @Override
            public EventSource events() {
                return source;
            }

            @Override
            public int batch() {
                return batch;
            }

            @Override
            public List<HealthReport.Part> parts() {
                return List.of(source.health());
            }
        };
    }
}
