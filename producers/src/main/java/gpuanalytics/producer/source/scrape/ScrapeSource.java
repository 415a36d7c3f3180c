package gpuanalytics.producer.source.scrape;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Event;
import gpuanalytics.event.RejectReason;
import gpuanalytics.producer.source.IntervalSource;
import gpuanalytics.producer.source.scrape.ScrapeRound.Outcome;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Exporters' metrics, asked for at the multiples of an interval. A target that does not answer is
 * named by {@link #health}, and its gap stays a gap.
 */
public final class ScrapeSource extends IntervalSource {

    private static final int MOST_NAMED = 10;

    private final SeriesReader reader;
    private final Discovery discovery;
    private final Fetcher fetcher;
    private final ScrapeRound round;
    private final PartHealth state;
    private final Map<String, Long> dropped = new ConcurrentHashMap<>();

    /**
     * Scrapes nothing yet.
     *
     * @param reader makes events of what is shown
     * @throws gpuanalytics.service.config.ConfigurationException if a file cannot be used
     */
    public ScrapeSource(ScrapeOptions options, SeriesReader reader, Clock clock) {
        this(options, reader, Discovery.Resolver.SYSTEM, clock);
    }

    ScrapeSource(
            ScrapeOptions options, SeriesReader reader, Discovery.Resolver resolver, Clock clock) {
        super(options.interval());
        this.reader = reader;
        this.discovery = new Discovery(options, resolver);
        this.fetcher = new Fetcher(options);
        this.round = new ScrapeRound(options, reader, fetcher);
        this.state = new PartHealth(options.name(), "not started", clock);
    }

    /** The reasons for which what was read may be no event. */
    public static Collection<String> dropReasons() {
        return Arrays.stream(RejectReason.values()).map(RejectReason::label).toList();
    }

    /** Begins to look for targets. */
    public void start() {
        discovery.start();
    }

    /** Looks for targets once, and waits for it. */
    void lookUp() {
        discovery.lookUp();
    }

    /** Ends what is under way. */
    public void leave() {
        discovery.close();
        fetcher.close();
    }

    /** Whether every target answers. */
    public HealthReport.Part health() {
        return state.report();
    }

    @Override
    protected List<Event> look(Instant now) {
        var moment = last(now);
        var read = new ArrayList<Event>();
        var targets = discovery.targets();
        reader.keepOnly(targets);
        var problems = new ArrayList<String>(discovery.problems());
        int away = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var token = fetcher.token();
            var outcomes = new ArrayList<Future<Outcome>>();
            targets.forEach(target -> outcomes.add(threads.submit(round.of(target, token))));
            for (var outcome : outcomes) {
                switch (outcome.get()) {
                    case Outcome.Answered(var target, var series) -> {
                        if (series.isEmpty()) {
                            problems.add(target + ": shows no metric of interest");
                        }
                        reader.read(target, moment, series).forEach(decoded -> keep(decoded, read));
                    }
                    case Outcome.Away(var target, var why) -> {
                        away++;
                        problems.add(target + ": " + why);
                    }
                }
            }
        } catch (IOException e) {
            problems.add("the token cannot be read: " + e.getMessage());
            away = targets.size();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a scrape has failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return read;
        }
        report(targets.size(), away, problems);
        return read;
    }

    private void keep(Decoded decoded, List<Event> read) {
        switch (decoded) {
            case Decoded.Valid valid -> read.add(valid.event());
            case Decoded.Rejected why -> dropped.merge(why.reason().label(), 1L, Long::sum);
        }
    }

    private void report(int targets, int away, List<String> problems) {
        var answered = "targets answering: %d of %d".formatted(targets - away, targets);
        if (problems.isEmpty() && targets > 0) {
            state.up(answered);
            return;
        }
        var named = new ArrayList<>(problems.subList(0, Math.min(MOST_NAMED, problems.size())));
        if (problems.size() > MOST_NAMED) {
            named.add("and %d more".formatted(problems.size() - MOST_NAMED));
        }
        named.addFirst(answered);
        state.down(String.join("; ", named));
    }

    @Override
    public Map<String, Long> droppedRows() {
        return Map.copyOf(dropped);
    }

    @Override
    public void close() {
        leave();
    }
}
