package gpuanalytics.producer.source.dcgm;

import gpuanalytics.event.Decoded;
import gpuanalytics.producer.source.scrape.Target;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.Series;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What an exporter shows us. */
public final class ScrapedSamples {

    private ScrapedSamples() {}

    /** The events of one look at it. */
    public static List<Decoded> of(
            List<Series> shown, String instance, Instant time, EventWriter events) {
        var reader = new DcgmReader(events, Duration.ofSeconds(30), Optional.empty());
        var target = new Target(URI.create("http://" + instance + "/metrics"), Optional.empty());
        return reader.read(
                target,
                time,
                shown.stream().filter(series -> reader.isWanted(series.name())).toList());
    }
}
