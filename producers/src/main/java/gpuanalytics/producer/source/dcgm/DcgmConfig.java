package gpuanalytics.producer.source.dcgm;

import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.producer.source.scrape.ScrapeFeed;
import gpuanalytics.producer.source.scrape.ScrapeOptions;
import gpuanalytics.producer.source.scrape.ScrapeSource;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.service.config.EnvironmentReader;
import java.time.Clock;

/**
 * The GPUs of exporters as one of the sources.
 *
 * @param options which exporters
 * @param common what is set for all sources
 */
public record DcgmConfig(ScrapeOptions options, Common common) implements SourceConfig {

    private static final ScrapeOptions.Kind KIND = new ScrapeOptions.Kind("DCGM", 9400, 30);

    /**
     * Reads every variable; errors are left in the reader.
     *
     * @param chosen whether it is to run, and so needs targets
     */
    public static DcgmConfig read(EnvironmentReader env, Common common, boolean chosen) {
        return new DcgmConfig(ScrapeOptions.read(env, KIND, common.kubernetes(), chosen), common);
    }

    @Override
    public Feed open(Clock clock, Runnable wake) {
        var events = new EventWriter(new EventCodec(common.limits()), clock);
        var reader = new DcgmReader(events, options.interval(), common.pricePerHourUsd());
        return new ScrapeFeed(new ScrapeSource(options, reader, clock), common.batch());
    }
}
