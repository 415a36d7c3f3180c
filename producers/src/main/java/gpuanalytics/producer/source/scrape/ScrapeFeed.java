package gpuanalytics.producer.source.scrape;

import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.service.health.HealthReport;
import java.util.Collection;
import java.util.List;

/**
 * A source that scrapes, with its look for targets beside it.
 *
 * @param source what scrapes
 * @param batch the most events between two pauses
 */
public record ScrapeFeed(ScrapeSource source, int batch) implements Feed {

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
        return ScrapeSource.dropReasons();
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
