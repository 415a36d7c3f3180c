package gpuanalytics.local.demo;

import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.producer.source.synthetic.SyntheticConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The simulated fleet with the day before, instead of it alone. */
public final class DemoConfig implements SourceConfig {

    /** Enough at a time to keep ahead of a day in a minute. */
    private static final int BATCH = 500;

    /** Small enough for a laptop, large enough for every view. */
    private static final Map<String, String> VARIABLES =
            Map.of(
                    "FLEET_GPUS", "24",
                    "FLEET_INTERVAL_S", "30",
                    "RATE", "2.4",
                    "SEED", "16",
                    // the day is a day old when it comes
                    "LOCAL_RAW_RETENTION_S", "3600",
                    "LOCAL_MINUTE_RETENTION_S", "259200",
                    "LOCAL_HOUR_RETENTION_S", "2592000",
                    "LOCAL_ROLLUP_BYTES", "128 MiB",
                    "LEDGER_INTERVAL_S", "5",
                    "BUDGETS_INTERVAL_S", "5");

    private final SyntheticConfig fleet;
    private final Duration length;
    private volatile @Nullable DemoDay day;

    /**
     * @param fleet what is simulated
     * @param length in which time the day is told
     */
    public DemoConfig(SyntheticConfig fleet, Duration length) {
        this.fleet = fleet;
        this.length = length;
    }

    public SyntheticConfig fleet() {
        return fleet;
    }

    public Duration length() {
        return length;
    }

    /** Whether all of the day has been handed on. */
    public boolean isOver() {
        var told = day;
        return told != null && told.isOver();
    }

    /** What the run is configured with, where nobody says otherwise. */
    public static Map<String, String> variables() {
        return VARIABLES;
    }

    @Override
    public Feed open(Clock clock, Runnable wake) {
        var time = new DemoTime(clock.instant(), length);
        var told =
                new DemoDay(
                        fleet.options(),
                        fleet.shards().configuredRate(),
                        time,
                        new Incidents(fleet.options().fleet(), time));
        day = told;
        return Feed.of(told, BATCH);
    }
}
