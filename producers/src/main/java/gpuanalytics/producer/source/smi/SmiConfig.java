package gpuanalytics.producer.source.smi;

import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.health.HealthReport;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Collection;
import java.util.List;

/** What nvidia-smi writes as one of the sources. */
public final class SmiConfig implements SourceConfig {

    private final SmiOptions options;
    private final int batch;

    private SmiConfig(SmiOptions options, int batch) {
        this.options = options;
        this.batch = batch;
    }

    /**
     * Reads every variable; errors are left in the reader.
     *
     * @param chosen whether it is to run, and so needs inputs
     */
    public static SmiConfig read(EnvironmentReader env, Common common, boolean chosen) {
        return new SmiConfig(SmiOptions.read(env, common, chosen), common.batch());
    }

    @Override
    public Feed open(Clock clock, Runnable wake) {
        var folders =
                options.inputs().stream()
                        .filter(input -> Files.isDirectory(input.path()))
                        .map(
                                input ->
                                        "NVIDIA_SMI_INPUTS is %s, a directory, expected a pipe or a file"
                                                .formatted(input.path()))
                        .toList();
        if (!folders.isEmpty()) {
            throw new ConfigurationException(folders);
        }
        return new SmiFeed(new SmiSource(options, clock, wake), batch);
    }

    /** The source with its threads. */
    private record SmiFeed(SmiSource source, int batch) implements Feed {

        @Override
        public EventSource events() {
            return source;
        }

        @Override
        public List<HealthReport.Part> parts() {
            return List.of(source.health());
        }

        @Override
        public Collection<String> dropReasons() {
            return SmiSource.dropReasons();
        }

        @Override
        public void start() {
            source.start();
        }

        @Override
        public void leave() {
            source.leave();
        }
    }
}
