package gpuanalytics.bench.ledger;

import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.service.config.Secret;
import java.time.Duration;

/** How the store of a measurement is reached. */
final class Stores {

    private static final Duration KEPT = Duration.ofDays(400);

    private Stores() {}

    static StoreConfig config(String url) {
        return new StoreConfig(new Secret(url), "bench", KEPT, KEPT, KEPT, Duration.ofMinutes(1));
    }
}
