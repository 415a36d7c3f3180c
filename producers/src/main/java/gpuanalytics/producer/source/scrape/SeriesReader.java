package gpuanalytics.producer.source.scrape;

import gpuanalytics.event.Decoded;
import gpuanalytics.producer.translate.Series;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Makes events of what targets show. One thread uses it. */
public interface SeriesReader {

    /** Whether a metric is of interest. */
    boolean isWanted(String metric);

    /**
     * What a target's series are.
     *
     * @param moment the time that all targets are scraped for
     */
    List<Decoded> read(Target target, Instant moment, List<Series> series);

    /** Forgets what it knows of targets that there are no more. */
    default void keepOnly(Collection<Target> targets) {}
}
