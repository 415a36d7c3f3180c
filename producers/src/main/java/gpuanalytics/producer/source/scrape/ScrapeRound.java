package gpuanalytics.producer.source.scrape;

import gpuanalytics.producer.translate.Exposition;
import gpuanalytics.producer.translate.ExpositionException;
import gpuanalytics.producer.translate.Series;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/** Scrapes all targets once, some at the same time. */
final class ScrapeRound {

    private final ScrapeOptions options;
    private final SeriesReader reader;
    private final Fetcher fetcher;
    private final Semaphore turns;

    ScrapeRound(ScrapeOptions options, SeriesReader reader, Fetcher fetcher) {
        this.options = options;
        this.reader = reader;
        this.fetcher = fetcher;
        this.turns = new Semaphore(options.limits().parallel());
    }

    /** What came of a target. */
    sealed interface Outcome {

        /** It answered. */
        record Answered(Target target, List<Series> series) implements Outcome {}

        /** It did not, or with what is no metrics: why, in words. */
        record Away(Target target, String why) implements Outcome {}
    }

    /** The work of one target. */
    Callable<Outcome> of(Target target, Optional<String> token) {
        return () -> {
            turns.acquire();
            try {
                var text = fetcher.fetch(target, token);
                return new Outcome.Answered(
                        target, Exposition.read(text, reader::isWanted, options.limits().series()));
            } catch (IOException e) {
                return new Outcome.Away(target, String.valueOf(e.getMessage()));
            } catch (ExpositionException e) {
                return new Outcome.Away(target, "shows no metrics: " + e.getMessage());
            } finally {
                turns.release();
            }
        };
    }
}
