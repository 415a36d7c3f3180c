package gpuanalytics.producer.source.vllm;

import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.producer.source.scrape.ScrapeFeed;
import gpuanalytics.producer.source.scrape.ScrapeOptions;
import gpuanalytics.producer.source.scrape.ScrapeSource;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.service.config.EnvironmentReader;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * The counters of servers of models as one of the sources.
 *
 * @param options which servers
 * @param model the model of servers that do not say it
 * @param longestGap how long a server may be away so that its counters are still compared
 * @param common what is set for all sources
 */
public record VllmConfig(ScrapeOptions options, String model, Duration longestGap, Common common)
        implements SourceConfig {

    private static final ScrapeOptions.Kind KIND = new ScrapeOptions.Kind("VLLM", 8000, 15);

    /**
     * Reads every variable; errors are left in the reader.
     *
     * @param chosen whether it is to run, and so needs targets
     */
    public static VllmConfig read(EnvironmentReader env, Common common, boolean chosen) {
        return new VllmConfig(
                ScrapeOptions.read(env, KIND, common.kubernetes(), chosen),
                env.text(
                        "VLLM_MODEL",
                        "unknown",
                        "Model of servers that do not say it, as TGI does"),
                env.duration(
                        "VLLM_MAX_GAP_S",
                        ChronoUnit.SECONDS,
                        3600,
                        1,
                        86_400,
                        "How long a server may be away so that what it counted meanwhile counts"
                                + " when it is back; after a longer time it is a gap"),
                common);
    }

    @Override
    public Feed open(Clock clock, Runnable wake) {
        var events = new EventWriter(new EventCodec(common.limits()), clock);
        var reader = new VllmReader(events, model, longestGap);
        return new ScrapeFeed(new ScrapeSource(options, reader, clock), common.batch());
    }
}
