package gpuanalytics.producer.source.scrape;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Event;
import gpuanalytics.event.RejectReason;
import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.scrape.Round.Outcome;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Exporters' metrics, asked for at the multiples of an interval. A target that does not answer is
 * named by {@link #health}, and its gap stays a gap.
 */
public final class ScrapeSource implements EventSource {

    private static final int MOST_NAMED = 10;

    private final ScrapeOptions options;
    private final SeriesReader reader;
    private final Discovery discovery;
    private final Fetcher fetcher;
    private final Round round;
    private final PartHealth state;
    private final Queue<Event> events = new ArrayDeque<>();
    private final Map<String, Long> dropped = new ConcurrentHashMap<>();
    private @Nullable Instant due;

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
        this.options = options;
        this.reader = reader;
        this.discovery = new Discovery(options, resolver);
        this.fetcher = new Fetcher(options);
        this.round = new Round(options, reader, fetcher);
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
    public boolean ended() {
        return false;
    }

    @Override
    public Instant nextDue(Instant now) {
        if (!events.isEmpty()) {
            return Instant.MIN;
        }
        if (due == null) {
            due = multiple(now, 1);
        }
        return due;
    }

    @Override
    public List<Event> take(Instant now, int max) {
        if (events.isEmpty() && !nextDue(now).isAfter(now)) {
            scrape(multiple(now, 0));
            // what was missed stays a gap
            due = multiple(now, 1);
        }
        var taken = new ArrayList<Event>();
        while (taken.size() < max && !events.isEmpty()) {
            taken.add(events.remove());
        }
        return taken;
    }

    /** The last multiple of the interval, or one some intervals later. */
    private Instant multiple(Instant now, int later) {
        long interval = options.interval().toMillis();
        return Instant.ofEpochMilli(
                (Math.floorDiv(now.toEpochMilli(), interval) + later) * interval);
    }

    private void scrape(Instant moment) {
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
                        reader.read(target, moment, series).forEach(this::keep);
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
            return;
        }
        report(targets.size(), away, problems);
    }

    private void keep(Decoded decoded) {
        switch (decoded) {
            case Decoded.Valid valid -> events.add(valid.event());
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
