package gpuanalytics.processor.rollup;

import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;

/** Rollups for tests of what reads them. */
public final class TestRollups {

    private TestRollups() {}

    /** Rollups in a store, of samples that hold for 15 s. */
    public static MongoRollups in(MongoStore store) {
        var metrics = new ProcessorMetrics(new SimpleMeterRegistry());
        var health = new PartHealth("store", "starting", Clock.systemUTC());
        return new MongoRollups(
                store,
                new RollupMath(Duration.ofSeconds(15)),
                1000,
                new StoreRetry(health, metrics),
                metrics,
                Clock.systemUTC());
    }
}
