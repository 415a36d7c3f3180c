package gpuanalytics.processor.write;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;

/** A store of a test's own, what stands before it and harms it, and a client that retries. */
final class StoreWithFaults implements AutoCloseable {

    private final EmbeddedStore embedded = EmbeddedStore.start();
    final FaultyStore faults = new FaultyStore(embedded.port());
    final ProcessorMetrics metrics = new ProcessorMetrics(new SimpleMeterRegistry());
    final MongoStore store = new MongoStore(TestStoreConfig.at(faults.url()));
    final StoreRetry retry =
            new StoreRetry(new PartHealth("store", "up", Clock.systemUTC()), metrics);

    MongoEventWriter writer(IdentityRules rules) {
        return new MongoEventWriter(store, rules, retry, metrics);
    }

    @Override
    public void close() {
        store.close();
        faults.close();
        embedded.close();
    }
}
