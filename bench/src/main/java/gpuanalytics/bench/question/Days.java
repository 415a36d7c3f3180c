package gpuanalytics.bench.question;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.change.HourChange;
import gpuanalytics.processor.day.TokenDayConfig;
import gpuanalytics.processor.day.TokenDayKeeper;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;

/** Days of token rollups, added up as a processor does it. */
final class Days {

    private static final Duration LEASE = Duration.ofMinutes(10);

    private final ChangedHours hours;
    private final TokenDayKeeper keeper;

    Days(MongoStore store) {
        var clock = Clock.systemUTC();
        var metrics = new ProcessorMetrics(new SimpleMeterRegistry());
        var retry = new StoreRetry(new PartHealth("store", "starting", clock), metrics);
        hours = new ChangedHours(store, retry, metrics, clock, LEASE);
        keeper =
                new TokenDayKeeper(
                        store,
                        hours,
                        metrics,
                        clock,
                        Duration.ofMinutes(1),
                        new TokenDayConfig(Duration.ofMinutes(1), Duration.ZERO));
    }

    /** Marks the hours of a time, as whoever has changed them does, and adds up the days. */
    void keep(Instant from, Instant to) throws InterruptedException {
        var changes = new ArrayList<HourChange>();
        for (var hour = from; hour.isBefore(to); hour = hour.plus(QueryWindow.HOUR)) {
            changes.add(new HourChange(EventTopic.TOKEN_USAGE, hour.getEpochSecond(), Map.of()));
        }
        hours.mark(changes);
        long start = System.nanoTime();
        long days = keeper.keep();
        System.out.printf("%,d days added up in %.1f s%n", days, (System.nanoTime() - start) / 1e9);
    }
}
